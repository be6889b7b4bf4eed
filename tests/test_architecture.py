"""The arrows between the rooms, their public names, and modules that fit one reading."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from tests.conftest import ROOT

LEAVES = {
    "address",
    "errors",
    "kept",
    "language",
    "traditional",
    "numerals",
    "wording",
    "privacy",
    "log",
    "metrics",
    "web",
}
ARROWS: dict[str, set[str]] = {
    "address": set(),
    "errors": set(),
    "kept": set(),
    "numerals": set(),
    "privacy": set(),
    "log": {"privacy"},
    "metrics": set(),
    "web": {"errors", "metrics"},
    "traditional": set(),
    "language": {"traditional"},
    "wording": {"language"},
    "knowledge": {"errors", "kept", "language"},
    "matching": {"kept"},
    "answers": {"errors", "knowledge", "language", "numerals", "wording"},
    "dialogue": {"knowledge", "matching", "answers", "language", "numerals", "wording"},
    "storage": {"dialogue", "errors"},
    "settings": {"address", "errors", "matching"},
    "serving": {"dialogue", "errors", "knowledge", "log", "matching", "metrics", "settings", "storage"},
    "desk": {"answers", "dialogue", "knowledge", "matching", "serving", "storage", "settings", *LEAVES},
    "feedback": {"language", "storage", "wording"},
    "channels": {"answers", "dialogue", "knowledge", "serving", "storage", "settings", *LEAVES},
    "oneshot": {"answers", "channels", "dialogue", "knowledge", "language", "matching"},
    "doctor": {"address", "answers", "errors", "knowledge", "language", "log", "settings", "storage", "wording"},
    "review": {"answers", "errors", "knowledge", "language", "matching", "numerals"},
    "cli": {
        "desk",
        "feedback",
        "doctor",
        "review",
        "storage",
        "answers",
        "channels",
        "dialogue",
        "knowledge",
        "matching",
        "oneshot",
        "serving",
        "settings",
        *LEAVES,
    },
    "__main__": {"cli"},
}
PACKAGES = ["desk", "doctor", "web", "review", "knowledge", "matching", "answers", "dialogue", "serving", "storage"]
MODULES = sorted(path for path in (ROOT / "bot").rglob("*.py") if "migrations" not in path.parts)


def room(path: Path) -> str:
    return path.relative_to(ROOT / "bot").parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Names under `bot` that a module imports, dotted."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if node.module == "bot" else {node.module}
    return {name for name in found if name.startswith("bot.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_its_arrows_allow(path: Path) -> None:
    mine = room(path)
    if mine == "__init__":
        return
    others = {name.split(".")[1] for name in imports(path)} - {mine}
    assert others <= ARROWS[mine]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_fits_one_reading(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 340


def test_the_arrows_have_no_cycle() -> None:
    order: list[str] = []
    while len(order) < len(ARROWS):
        free = [name for name, needs in ARROWS.items() if name not in order and needs <= set(order)]
        assert free, set(ARROWS) - set(order)
        order += free


@pytest.mark.parametrize("name", PACKAGES)
def test_public_names_are_listed_sorted_and_there(name: str) -> None:
    package = importlib.import_module(f"bot.{name}")
    public: list[str] = package.__all__
    assert len(set(public)) == len(public)
    assert all(hasattr(package, each) for each in public)


def test_the_pure_rooms_import_no_channel_clock_or_network() -> None:
    forbidden = {"telegram", "httpx", "sqlalchemy", "asyncio", "time", "socket", "click"}
    for path in MODULES:
        if room(path) in {"knowledge", "matching", "answers", "dialogue"}:
            tree = ast.parse(path.read_text("utf-8"))
            names = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
            names |= {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
            assert not names & forbidden, path
