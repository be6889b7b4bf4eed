"""Files of what is slow to build: named by the content they were built from, and never trusted further than their shape."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def load_array(path: Path, shape: tuple[int, ...]) -> Floats | None:
    """A kept array of that shape, or None where there is none, or a damaged one."""
    try:
        found: Any = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    if (
        not isinstance(found, np.ndarray)
        or found.shape != shape
        or found.dtype != np.float32
        or not np.isfinite(found).all()
    ):
        return None
    return found


def save_array(path: Path, array: Floats) -> None:
    """Keep an array."""
    _write(path, lambda file: np.save(file, array, allow_pickle=False))


def load_counts(path: Path) -> dict[str, int] | None:
    """Kept counts of words, or None where there are none, or damaged ones."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(found, dict) or not all(isinstance(count, int) for count in found.values()):
        return None
    return found


def save_counts(path: Path, counts: dict[str, int]) -> None:
    """Keep counts of words."""
    _write(path, lambda file: file.write(json.dumps(counts, ensure_ascii=False).encode()))


def _write(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write beside and rename, so that no reader sees half a file; a folder that cannot be written costs time only."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            write(file)
        Path(file.name).replace(path)
