"""Reading the knowledge files: strict, all problems at once, each with file and line."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.errors import KnowledgeError, Problem
from bot.knowledge.crosscheck import Located, cross_check
from bot.knowledge.files import ELSEWHERE, FAQ, FILES, LAW, SOURCES, SYNONYMS
from bot.knowledge.models import Elsewhere, Entry, Identified, Knowledge, Model, Source, Statute, Statutes, Synonyms
from bot.knowledge.yaml_source import YamlSource, read

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Identified)
Path_ = tuple[int | str, ...]


def load(folder: Path) -> Knowledge:
    """Read and check all knowledge files of a folder.

    Args:
        folder: holds faq.yaml, law_articles.yaml, sources.yaml and synonyms.yaml, and may hold elsewhere.yaml.

    Raises:
        KnowledgeError: with every problem found, so that the editor mends them in one go.
    """
    problems: list[Problem] = []
    files: dict[str, YamlSource] = {}
    for name in FILES:
        if name == ELSEWHERE and not (folder / name).exists():
            continue
        source, flaws = read(folder / name)
        problems += flaws
        if source is not None:
            files[name] = source
    entries = list(_models(files.get(FAQ), Entry, problems))
    sources = list(_models(files.get(SOURCES), Source, problems))
    statutes = _statutes(files.get(LAW), problems)
    synonyms = _whole(files.get(SYNONYMS), Synonyms, problems)
    elsewhere = _whole(files.get(ELSEWHERE), Elsewhere, problems)
    problems += cross_check(
        entries,
        statutes,
        sources,
        declared={FAQ: _ids(files.get(FAQ)), SOURCES: _ids(files.get(SOURCES))},
        complete={name for name in (FAQ, LAW, SOURCES) if name in files},
    )
    if problems:
        raise KnowledgeError(problems)
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name].content + b"\0")
    return Knowledge(
        tuple(located.model for located in entries),
        tuple(located.model for located in statutes),
        tuple(located.model for located in sources),
        synonyms,
        elsewhere,
        revision=digest.hexdigest()[:8],
    )


def _ids(source: YamlSource | None) -> set[str]:
    """The ids that a list declares, those of faulty elements too: a reference to one is no second mistake."""
    if source is None or not isinstance(source.data, list):
        return set()
    return {str(element["id"]) for element in source.data if isinstance(element, dict) and "id" in element}


def _models(source: YamlSource | None, model: type[N], problems: list[Problem]) -> Iterator[Located[N]]:
    """Validate a file that is a list, element by element, so that one faulty element hides no other."""
    if source is None:
        return
    if not isinstance(source.data, list):
        kind = model.__name__.lower()
        problems.append(Problem(source.name, 1, f"must be a list of {kind} elements, each beginning with `- id:`"))
        return
    for index, element in enumerate(source.data):
        found = _validate(source, model, element, (index,), problems)
        if found is not None:
            yield Located(found, source, (index,))


def _statutes(source: YamlSource | None, problems: list[Problem]) -> list[Located[Statute]]:
    if source is None:
        return []
    # Validated whole first, for what stands around the list; then one by one.
    whole = _validate(source, Statutes, source.data, (), problems)
    if whole is None:
        return []
    return [Located(statute, source, ("statutes", index)) for index, statute in enumerate(whole.statutes)]


def _whole(source: YamlSource | None, model: type[M], problems: list[Problem]) -> M | None:
    return _validate(source, model, source.data, (), problems) if source is not None else None


def _validate(source: YamlSource, model: type[M], data: Any, at: Path_, problems: list[Problem]) -> M | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for flaw in error.errors(include_url=False):
            path = (*at, *(step for step in flaw["loc"] if step != "[key]"))
            problems.append(Problem(source.name, source.line(path), _say(flaw, model, path)))
        return None


def _say(flaw: ErrorDetails, model: type[BaseModel], path: Path_) -> str:
    """A validation flaw in the words of the person who edits the file."""
    where = _field(path)
    kind, context = flaw["type"], flaw.get("ctx", {})
    match kind:
        case "missing":
            return f"`{where}` is missing: add it"
        case "extra_forbidden":
            return f"`{where}` is not a key that is known here{_meant(model, flaw['loc'])}: correct or remove it"
        case "string_type":
            return f"`{where}` must be text, not {flaw['input']!r}: write it, in quotes if it is yes, no or a number"
        case "string_too_short":
            return f"`{where}` is empty: write it, or remove the key if it may be left out"
        case "string_pattern_mismatch":
            return f"`{where}` is {flaw['input']!r}: an id has lower-case letters, digits and single hyphens only"
        case "too_short":
            return f"`{where}` has too few elements: at least {context.get('min_length')} needed, or remove the key"
        case "value_error":
            return f"`{where}`: {context.get('error')}"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"`{where}` must be a mapping (`key: value` lines), not {flaw['input']!r}"
        case "tuple_type" | "list_type":
            return f"`{where}` must be a list (`- …` lines), not {flaw['input']!r}"
        case _:
            return f"`{where}`: {flaw['msg'].lower()}, not {flaw['input']!r}: correct it"


def _field(path: Path_) -> str:
    """steps[2].text.en for ("steps", 1, "text", "en"): people count from one."""
    said = ""
    for step in path:
        said += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return said.lstrip(".") or "the file"


def _meant(model: type[BaseModel], loc: Sequence[int | str]) -> str:
    """`, did you mean …`, where a known key looks alike."""
    known: list[str] = []
    waiting: list[type[BaseModel]] = [model]
    seen: set[type[BaseModel]] = set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        known += current.model_fields
        for field in current.model_fields.values():
            waiting += _models_in(field.annotation)
    close = difflib.get_close_matches(str(loc[-1]), known, n=1)
    return f", did you mean `{close[0]}`?" if close else ""


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)
