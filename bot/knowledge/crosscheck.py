"""What must hold between the parts of the knowledge: unique ids, unique phrasings, references that lead somewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.errors import Problem
from bot.knowledge.models import Conditional, Detail, Entry, Identified, Source, Statute
from bot.knowledge.yaml_source import YamlSource

M = TypeVar("M", bound=Identified)


@dataclass(frozen=True)
class Located(Generic[M]):
    """A model with the place it was read from."""

    model: M
    source: YamlSource
    path: tuple[int | str, ...]

    def problem(self, path: Sequence[int | str], message: str) -> Problem:
        """A problem with the part at `path`, counted from this model."""
        return Problem(self.source.name, self.source.line((*self.path, *path)), message)

    def place(self, path: Sequence[int | str] = ()) -> str:
        """file:line of a part."""
        return f"{self.source.name}:{self.source.line((*self.path, *path))}"


def fold(text: str) -> str:
    """What is left of a phrasing when case, width, spacing and punctuation do not count."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def cross_check(
    entries: Sequence[Located[Entry]],
    statutes: Sequence[Located[Statute]],
    sources: Sequence[Located[Source]],
    declared: Mapping[str, Collection[str]],
    complete: Collection[str],
) -> Iterator[Problem]:
    """Yield every problem between the parts.

    Args:
        declared: by file, the ids its list names, those of elements that could not be read included.
        complete: files that could be parsed; references into others are not judged.
    """
    yield from _unique_ids(entries, "entry")
    yield from _unique_ids(statutes, "statute")
    yield from _unique_ids(sources, "source")
    yield from _unique_phrasings(entries)
    yield from _statutes(statutes)
    entry_ids = {*declared.get("faq.yaml", ()), *(located.model.id for located in entries)}
    source_ids = {*declared.get("sources.yaml", ()), *(located.model.id for located in sources)}
    for located in entries:
        yield from _references(located, entry_ids)
        yield from _details(located)
        if "sources.yaml" in complete:
            for index, source in enumerate(located.model.sources):
                if source not in source_ids:
                    message = (
                        f"the source `{source}` is not in sources.yaml: add it there, with its title, or correct it"
                    )
                    yield located.problem(("sources", index), message)
        if "law_articles.yaml" in complete and statutes:
            yield from _citations(located, {s.model.id: s.model for s in statutes})


def _unique_ids(all_located: Sequence[Located[M]], kind: str) -> Iterator[Problem]:
    first: dict[str, Located[M]] = {}
    for located in all_located:
        name = located.model.id
        if name in first:
            yield located.problem(
                ("id",), f"the {kind} id `{name}` is taken ({first[name].place(('id',))}): choose another"
            )
        first.setdefault(name, located)


def _unique_phrasings(entries: Sequence[Located[Entry]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for located in entries:
        for language in ("zh", "en"):
            for index, phrasing in enumerate(getattr(located.model.phrasings, language)):
                path = ("phrasings", language, index)
                key = fold(phrasing)
                if not key:
                    yield located.problem(
                        path, f"the phrasing {phrasing!r} has no letter or digit: write words or remove it"
                    )
                elif key in first:
                    message = f"the phrasing “{phrasing}” stands already at {first[key]}: keep it in one place only"
                    yield located.problem(path, message)
                else:
                    first[key] = located.place(path)


def _statutes(statutes: Sequence[Located[Statute]]) -> Iterator[Problem]:
    for located in statutes:
        first: dict[int, int] = {}
        for index, article in enumerate(located.model.articles):
            path = ("articles", index, "number")
            if article.number in first:
                other = located.place(("articles", first[article.number], "number"))
                yield located.problem(path, f"article {article.number} stands already at {other}: remove one")
            first.setdefault(article.number, index)
            if article.chapter is not None and located.model.chapters and article.chapter > len(located.model.chapters):
                message = f"chapter {article.chapter} is not among the {len(located.model.chapters)} of `chapters`: correct it"
                yield located.problem(("articles", index, "chapter"), message)


def _references(located: Located[Entry], entry_ids: Collection[str]) -> Iterator[Problem]:
    entry = located.model
    for index, other in enumerate(entry.see):
        if other not in entry_ids:
            yield located.problem(("see", index), f"the entry `{other}` does not exist: correct or remove it")
        elif other == entry.id:
            yield located.problem(("see", index), "an entry is not related to itself: remove it")
    for index, detail in enumerate(entry.details or ()):
        for position, option in enumerate(detail.options):
            if option.entry is not None and option.entry not in entry_ids:
                path = ("details", index, "options", position, "entry")
                yield located.problem(path, f"the entry `{option.entry}` does not exist: correct or remove it")


def _details(located: Located[Entry]) -> Iterator[Problem]:
    entry = located.model
    seen: set[str] = set()
    for index, detail in enumerate(entry.details or ()):
        if detail.id in seen:
            yield located.problem(
                ("details", index, "id"), f"the detail id `{detail.id}` is taken in this entry: choose another"
            )
        seen.add(detail.id)
        yield from _options(located, detail, ("details", index))
    for path, conditional in _conditionals(entry):
        for name, options in conditional.when.items():
            found = entry.detail(name)
            if found is None:
                known = ", ".join(sorted(seen)) or "none"
                message = f"the detail `{name}` does not exist in `{entry.id}` (it has: {known}): correct or remove it"
                yield located.problem((*path, "when", name), message)
                continue
            for option in options:
                if found.option(option) is None:
                    known = ", ".join(o.id for o in found.options)
                    message = f"the detail `{name}` has no option `{option}` (it has: {known}): correct it"
                    yield located.problem((*path, "when", name), message)


def _options(located: Located[Entry], detail: Detail, at: tuple[int | str, ...]) -> Iterator[Problem]:
    ids: set[str] = set()
    phrasings: dict[str, str] = {}
    for index, option in enumerate(detail.options):
        if option.id in ids or option.id == "unknown":
            message = f"the option id `{option.id}` is taken in this detail: choose another"
            yield located.problem((*at, "options", index, "id"), message)
        ids.add(option.id)
        for position, phrasing in enumerate(option.phrasings):
            key = fold(phrasing)
            path = (*at, "options", index, "phrasings", position)
            if key in phrasings:
                owner = phrasings[key]
                whose = "this option" if owner == option.id else f"the option `{owner}`"
                yield located.problem(
                    path, f"the phrasing “{phrasing}” is already {whose}'s: keep it in one place only"
                )
            phrasings.setdefault(key, option.id)


def _citations(located: Located[Entry], statutes: Mapping[str, Statute]) -> Iterator[Problem]:
    for index, citation in enumerate(located.model.cites):
        statute = statutes.get(citation.statute)
        if statute is None:
            message = f"the statute `{citation.statute}` is not in law_articles.yaml (it has: {', '.join(statutes)}): correct it"
            yield located.problem(("cites", index, "statute"), message)
        elif statute.article(citation.article) is None:
            message = f"article {citation.article} of `{citation.statute}` is not in law_articles.yaml: correct it or add it there"
            yield located.problem(("cites", index, "article"), message)


def _conditionals(entry: Entry) -> Iterator[tuple[tuple[int | str, ...], Conditional]]:
    for section in ("conditions", "steps", "materials", "where", "how_long", "effects", "warnings", "cites"):
        for index, conditional in enumerate(getattr(entry, section) or ()):
            yield (section, index), conditional
