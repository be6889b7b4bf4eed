"""Fuzz each target for a while: `python -m fuzz.run --seconds 30 [--target redact]`. Needs atheris: `pip install -e .[fuzz]`.

Inputs that break something are left in `fuzz/found/`.
"""

from __future__ import annotations

import argparse
import atexit
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEDS = Path(__file__).with_name("seeds")
FOUND = Path(__file__).with_name("found")
NAMES = ("redact", "normalise", "yaml")


def main() -> int:
    """Run the targets one after the other, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30, help="for each target")
    parser.add_argument("--target", choices=NAMES, help="left out: all")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _fuzz(options.target, options.seconds)
    failed = [name for name in ([options.target] if options.target else NAMES) if _apart(name, options.seconds)]
    print("failed: " + ", ".join(failed) if failed else "nothing found")
    return 1 if failed else 0


def _apart(name: str, seconds: int) -> int:
    print(f"== {name}, {seconds} s", flush=True)
    command = [sys.executable, "-m", "fuzz.run", "--inside", "--target", name, "--seconds", str(seconds)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _fuzz(name: str, seconds: int) -> None:
    import atheris  # noqa: PLC0415 -- only where it is installed

    with atheris.instrument_imports(include=["bot", "yaml"]):
        from fuzz.targets import TARGETS  # noqa: PLC0415
    FOUND.mkdir(exist_ok=True)
    arguments = [
        *(f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0"),
        f"-artifact_prefix={FOUND}/{name}-",
        str(SEEDS / name),
    ]  # fmt: skip
    # What is learnt goes to the first folder and is thrown away; the seeds in the second are only read.
    learnt = tempfile.mkdtemp(prefix="shebao-fuzz-learnt-")
    atexit.register(shutil.rmtree, learnt, ignore_errors=True)
    arguments.insert(-1, learnt)
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
