"""How long a start takes: the first, and those that find what was kept, beside what the libraries alone take.

    .venv/bin/python -m benchmarks.start

Each figure is the median of several processes, each new.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 7
QUESTION = "停保要什么材料"
IMPORTS = "import numpy, pydantic, yaml, rapidfuzz, opencc, Stemmer, click"
JIEBA = "import jieba; jieba.setLogLevel(60); list(jieba.cut('医保账户怎么注销'))"


def measure(command: list[str], **environment: str) -> float:
    """Seconds from the start of a process to its end."""
    start = time.perf_counter()
    subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, env={**os.environ, **environment}
    )
    return time.perf_counter() - start


def row(name: str, command: list[str], runs: int = RUNS, **environment: str) -> None:
    """Print one line of the table."""
    seconds = [measure(command, **environment) for _ in range(runs)]
    print(f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f}–{max(seconds):.2f} |")


def main() -> None:
    """Print the README's table."""
    python = sys.executable
    print("| start | median, s | range, s |\n| --- | ---: | ---: |")
    row("Python alone", [python, "-c", "pass"])
    row("the libraries imported", [python, "-c", IMPORTS])
    row("jieba's dictionary, its cache warm", [python, "-c", JIEBA])
    ask = [python, "-m", "bot", "ask", QUESTION]
    with tempfile.TemporaryDirectory() as folder:
        row("`shebao ask`, the first time: files read and checked, index built", ask, 1, SHEBAO_DATA_DIR=folder)
        row("`shebao ask`, whole answer, from the second time on", ask, SHEBAO_DATA_DIR=folder)


if __name__ == "__main__":
    main()
