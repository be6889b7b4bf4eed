"""YAML with positions: the data of a file, and the line on which any part of it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import Problem

try:  # the C parser is ten times faster; a Python built without libyaml has only the other
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # pragma: no cover
    from yaml import SafeLoader  # type: ignore[assignment]

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 40


def _flaws(name: str, root: yaml.Node) -> Iterator[Problem]:
    """What YAML allows and a knowledge file must not have: a key given twice, and aliases.

    Of two equal keys the last would win unseen; an alias may multiply a small file into a huge one.
    """
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            message = "an anchor (&name) is used again by an alias (*name): write the text out in both places"
            yield Problem(name, node.start_mark.line + 1, message)
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                waiting.append(value)
                if not isinstance(key, yaml.ScalarNode):
                    yield Problem(name, key.start_mark.line + 1, "a key is a list or a mapping: make it a word")
                elif key.value in keys:
                    yield Problem(name, key.start_mark.line + 1, f"`{key.value}` stands twice in one place: keep one")
                else:
                    keys.add(key.value)


def _too_deep(text: str) -> int:
    """The line where the nesting passes what a knowledge file can need, or 0.

    The C parser builds its nodes recursively and would end the process on a file of a hundred thousand brackets; its
    events come one by one.
    """
    depth = 0
    loader = SafeLoader(text)
    try:
        while (event := loader.get_event()) is not None:
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    return event.start_mark.line + 1 if event.start_mark else 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    finally:
        loader.dispose()
    return 0


@dataclass(frozen=True)
class YamlSource:
    """A parsed YAML file.

    Attributes:
        name: how the file is called in messages.
        data: what it holds, as plain Python.
        root: the node tree behind it, which knows the lines.
        content: its bytes.
    """

    name: str
    data: Any
    root: yaml.Node | None
    content: bytes

    def line(self, path: Sequence[int | str]) -> int:
        """The line (from 1) of the part at `path`, or of the nearest part above it that exists."""
        node, mark = self.root, self.root.start_mark if self.root else None
        for step in path:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                mark = node.start_mark
            elif isinstance(node, yaml.MappingNode):
                pair = next(((k, v) for k, v in node.value if k.value == str(step)), None)
                if pair is None:
                    break
                mark, node = pair[0].start_mark, pair[1]
            else:
                break
        return mark.line + 1 if mark else 0


def read(path: Path) -> tuple[YamlSource | None, list[Problem]]:
    """Parse a file; on failure, nothing and the problems that prevented it."""
    name = path.name
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, [Problem(name, 0, f"is larger than {MAX_BYTES >> 20} MiB: split or shorten it")]
        content = path.read_bytes()
    except OSError as error:
        return None, [
            Problem(name, 0, f"cannot be read ({error.strerror}): {path}. Put the file there or make it readable")
        ]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, [Problem(name, line, "is not UTF-8 text here: save the file as UTF-8")]
    try:
        if deep := _too_deep(text):
            return None, [Problem(name, deep, f"is nested more than {MAX_DEPTH} levels deep: a bracket too many?")]
        loader = SafeLoader(text)
        try:
            root = loader.get_single_node()
            flaws = list(_flaws(name, root)) if root is not None else []
            if flaws:
                return None, flaws
            data = loader.construct_document(root) if root is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        return None, [Problem(name, mark.line + 1 if mark else 0, f"is not valid YAML: {said}")]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: a scalar such as 2024-02-31 that looks like a date and is none.
        said = str(error).splitlines()[0] if str(error) else "nested too deeply"
        return None, [Problem(name, 0, f"is not valid YAML: {said}")]
    return YamlSource(name, data, root, content), []
