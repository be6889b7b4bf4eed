"""What an engine takes to build, to keep and to ask: seconds, megabytes, milliseconds.

Each engine is measured in a process of its own, since memory that one has freed would hide what the next one needs. What
its libraries take when they are imported is not counted; a dictionary that they read when they are first used is. The matcher
is built without its cache folder, as at the first start.

    python -m benchmarks.footprint '{"engine": "shebao-bot", "sources": ["own"]}'
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.datasets import ROOT, DataSet, read, recombined
from benchmarks.engines import KINDS, Engine, Kind
from benchmarks.markdown import figure

TIMED = 500
"""At most so many questions are timed,"""
ENOUGH_SECONDS = 10.0
"""and of a slow engine no more than fit into this time,"""
WARM = 5
LEAST = 20
"""but so many in any case."""
LONG_CHARACTERS = 4096
HEADER = ("median, ms", "p99, ms", "build, s", "RSS, MB", "peak, MB", "4,096 characters, ms")


@dataclass(frozen=True)
class Footprint:
    """What an engine takes.

    Attributes:
        build: seconds until the first question can be asked.
        rss: megabytes (2²⁰ bytes) by which the resident set has grown once questions have been asked.
        peak: the same at its highest, mostly while building.
        median: milliseconds for a question, each timed alone.
        p99: of a hundred questions the slowest but one takes so many milliseconds.
        long: milliseconds for a question of 4,096 characters; nan where that was not asked.
    """

    build: float
    rss: float
    peak: float
    median: float
    p99: float
    long: float


def in_new_process(kind: Kind, sources: Sequence[str], size: int = 0, intents: int = 0) -> Footprint | None:
    """The footprint of an engine for a data set, or for one recombined from several; None where the process failed.

    Args:
        kind: the engine.
        sources: what `read` reads.
        size: number of phrasings to recombine; 0: the first source as it is.
        intents: number of intents to deal them to.
    """
    order = {"engine": kind.name, "sources": list(sources), "size": size, "intents": intents}
    command = [sys.executable, "-m", "benchmarks.footprint", json.dumps(order)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return Footprint(**json.loads(done.stdout)) if done.returncode == 0 else None


def cells(found: Footprint | None) -> list[str]:
    """A footprint as cells under `HEADER`."""
    if found is None:
        return ["failed", *["–"] * (len(HEADER) - 1)]
    times = [figure(value, 2) for value in (found.median, found.p99, found.build)]
    return [*times, figure(found.rss, 0), figure(found.peak, 0), figure(found.long, 1)]


def measure(kind: Kind, data: DataSet, long: str = "") -> Footprint:
    """The footprint of an engine, measured in this process: build nothing else in it."""
    kind.import_libraries()
    gc.collect()
    before, _ = resident()
    start = time.perf_counter()
    engine = kind.build(data)
    build = time.perf_counter() - start
    for query in data.queries[-WARM:]:  # what is made when it is first needed is no question's time
        engine.rank(query.text)
    times: list[float] = []
    for query in data.queries[:TIMED]:
        if len(times) >= LEAST and sum(times) > ENOUGH_SECONDS * 1000:
            break
        times.append(_milliseconds(engine, query.text))
    gc.collect()
    after, peak = resident()
    return Footprint(
        build=build,
        rss=after - before,
        peak=peak - before,
        median=statistics.median(times),
        p99=percentile(times, 0.99),
        long=statistics.median(_milliseconds(engine, long) for _ in range(3)) if long else float("nan"),
    )


def _milliseconds(engine: Engine, text: str) -> float:
    start = time.perf_counter()
    engine.rank(text)
    return (time.perf_counter() - start) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed (the nearest-rank method)."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def resident() -> tuple[float, float]:
    """Megabytes of this process in memory now, and at most so far."""
    status = Path("/proc/self/status")
    if not status.exists():  # only Linux says what is in memory now; elsewhere the highest stands for both
        # macOS counts bytes, the others kilobytes.
        highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
        return highest, highest
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    # Not getrusage: its highest value is inherited from the process that started this one.
    now, highest = (int(lines[name].split()[0]) / 2**10 for name in ("VmRSS", "VmHWM"))
    return now, highest


def main() -> None:
    """Measure what the argument orders, and print it as JSON."""
    order = json.loads(sys.argv[1])
    sets = [read(source) for source in order["sources"]]
    long = ""
    data = sets[0]
    if order.get("size"):
        data = recombined(sets, order["size"], order["intents"])
        del sets
        long = " ".join(text for texts in data.phrasings.values() for text in texts[:LEAST])[:LONG_CHARACTERS]
    kind = next(kind for kind in KINDS if kind.name == order["engine"])
    print(json.dumps(asdict(measure(kind, data, long))))


if __name__ == "__main__":
    main()
