"""The built index in a file; never trusted further than its shape."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import opencc
import rapidfuzz
import Stemmer
from numpy.typing import NDArray

from bot import kept

Arrays = dict[str, NDArray[Any]]


def name(parts: Iterable[str]) -> str:
    """A file name for the index over these texts."""
    # Of their own word: importlib.metadata looks through all that is installed.
    versions = (np.__version__, opencc.__version__, Stemmer.version(), rapidfuzz.__version__)
    libraries = [
        f"{library} {version}"
        for library, version in zip(("numpy", "opencc", "PyStemmer", "rapidfuzz"), versions, strict=True)
    ]
    return kept.name("index", "npz", __file__, libraries, (part.encode("utf-8", "surrogatepass") for part in parts))


def load(path: Path, fields: Iterable[str]) -> Arrays | None:
    """Kept arrays, or None where there are none, or damaged ones."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            return {field: found[field] for field in fields}
    except (OSError, ValueError, EOFError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        return None


def save(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Keep arrays."""
    kept.save(path, lambda file: np.savez(file, allow_pickle=False, **arrays))
