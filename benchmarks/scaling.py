"""How time and memory grow with the number of phrasings, up to 200,000.

    .venv/bin/python -m benchmarks.scaling [SET.json …] [--sizes 1000,5000]

The phrasings are recombined from those of the sets, or else from the project's knowledge. Two shapes: each phrasing an
intent of its own, as in a list of questions and answers; and 20 to an intent, with no more than 150 intents, as in a base
with many phrasings.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.datasets import OWN, read
from benchmarks.engines import BM25S, OURS, WRATIO, Kind
from benchmarks.footprint import HEADER, cells, in_new_process
from benchmarks.markdown import table

SIZES = (1_000, 5_000, 20_000, 200_000)
SHAPES: dict[str, Callable[[int], int]] = {
    "one phrasing per intent": lambda size: size,
    "20 phrasings per intent, 150 intents at most": lambda size: max(1, min(150, size // 20)),
}
TOO_SLOW = 200.0
"""Milliseconds for a question at the median, from which on a peer is not tried with more phrasings."""


def report(sources: Sequence[str], sizes: Sequence[int] = SIZES) -> None:
    """Print a table for each shape.

    Args:
        sources: data sets to recombine, as `read` reads them.
        sizes: numbers of phrasings, rising.
    """
    kinds = []
    data = read(sources[0])
    for kind in (OURS, BM25S, WRATIO):
        if reason := kind.missing(data):
            print(reason + "\n")
        else:
            kinds.append(kind)
    for shape, intents in SHAPES.items():
        print(f"**Growth, {shape}**, recombined from {', '.join(read(source).name for source in sources)}\n")
        rows = [row for kind in kinds for row in _rows(kind, sources, sizes, intents)]
        print(table(["engine", "phrasings", *HEADER], rows), flush=True)


def _rows(kind: Kind, sources: Sequence[str], sizes: Sequence[int], intents: Callable[[int], int]) -> list[list[str]]:
    rows = []
    for size in sizes:
        found = in_new_process(kind, sources, size, intents(size))
        rows.append([kind.name, f"{size:,}", *cells(found)])
        if kind is not OURS and (found is None or found.median > TOO_SLOW):
            break
    return rows


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="How time and memory grow with the number of phrasings.")
    parser.add_argument("sets", nargs="*", metavar="SET.json", help="data sets to recombine (default: the knowledge)")
    parser.add_argument(
        "--sizes", default=",".join(map(str, SIZES)), help="numbers of phrasings (default: %(default)s)"
    )
    arguments = parser.parse_args()
    sources = [str(Path(path).resolve()) for path in arguments.sets]
    report(sources or [OWN], [int(size) for size in arguments.sizes.split(",")])


if __name__ == "__main__":
    main()
