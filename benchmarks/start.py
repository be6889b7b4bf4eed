"""How long a start takes, and what jieba's own dictionary would add to it.

    .venv/bin/python -m benchmarks.start

Each figure is the median of several processes, each new; the peer is jieba with its own dictionary and its own cache, in the
same run.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
QUESTION = "我爸去世了，医保账户怎么注销？\n没有\n"
PEER = "import jieba; jieba.setLogLevel(60); list(jieba.cut('医保账户怎么注销'))"
OURS = (
    "from pathlib import Path; from bot.matching.normalise import normalise; from bot.matching.words import Segmenter; "
    "from bot.knowledge import load; k = load(Path('knowledge')); "
    "texts = [normalise(p) for ps in k.phrasings().values() for p in ps]; "
    "Segmenter(texts, map(normalise, k.words), Path({cache!r})).cut('医保账户怎么注销')"
)


def measure(command: list[str], stdin: str = "", **environment: str) -> float:
    """Seconds from the start of a process to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    process.communicate(stdin.encode())
    return time.perf_counter() - start


def row(name: str, command: list[str], stdin: str = "", **environment: str) -> None:
    """Print one line of the table."""
    seconds = [measure(command, stdin, **environment) for _ in range(RUNS)]
    print(f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f}–{max(seconds):.2f} |")


def main() -> None:
    """Print the README's table."""
    python = sys.executable
    print("| start | median, s | range, s |\n| --- | --- | --- |")
    row("jieba's own dictionary, its cache warm: import and first cut", [python, "-c", PEER])
    with tempfile.TemporaryDirectory() as folder:
        cache = str(Path(folder) / "cache")
        seconds = measure([python, "-c", OURS.format(cache=cache)])
        print(
            f"| our small dictionary, first start: load the knowledge, pick the words, first cut | {seconds:.2f} | – |"
        )
        row("the same from the second start on", [python, "-c", OURS.format(cache=cache)])
        chat = [python, "-m", "bot", "run"]
        row("whole answer in the terminal: start, two lines in, answer out", chat, QUESTION, SHEBAO_DATA_DIR=folder)


if __name__ == "__main__":
    main()
