"""Files that only save time: named by what they were made from, made anew where they are missing or damaged."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import IO


def name(kind: str, ending: str, code: str, libraries: Iterable[str], parts: Iterable[bytes]) -> str:
    """A file name for what some code makes of these parts.

    Args:
        kind: what it is, the name's beginning.
        ending: without the dot.
        code: a module of the package that makes it, its `__file__`: another version of it makes another file.
        libraries: names with versions that it makes it with.
        parts: all that it is made of.
    """
    digest = hashlib.sha256(_digest(Path(code).parent))
    for part in (*(library.encode() for library in libraries), *parts):
        digest.update(len(part).to_bytes(4, "big") + part)
    return f"{kind}-{digest.hexdigest()[:24]}.{ending}"


@cache
def _digest(folder: Path) -> bytes:
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.py"), *folder.glob("data/*")]):
        digest.update(path.read_bytes())
    return digest.digest()


def save(path: Path, write: Callable[[IO[bytes]], object], keep: int = 4) -> None:
    """Write a file beside and rename it, so that no reader sees half of it.

    Of the files of its kind only the newest stay. A folder that cannot be written costs time only.
    """
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            write(file)
        Path(file.name).replace(path)
        kind = path.name.rpartition("-")[0]
        older = sorted(
            path.parent.glob(f"{kind}-*{path.suffix}"), key=lambda other: other.stat().st_mtime, reverse=True
        )
        for other in older[keep:]:
            other.unlink(missing_ok=True)
