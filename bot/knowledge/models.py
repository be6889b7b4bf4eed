"""What the knowledge files hold: entries, their details, statutes and their articles, sources, synonyms.

The models are the files' schema: the loader validates with them and the JSON Schema for editors is exported from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from bot.language import NonEmpty, OfficialText, Text

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
Topic = Literal["medical", "pension", "work-injury", "unemployment", "maternity", "general"]
Aspect = Literal["materials", "steps", "where", "how long", "effects", "law"]

UNKNOWN = "unknown"
"""The option that stands for "I don't know": every branch of the answer is shown."""


class Model(BaseModel):
    """Base of the files' models: nothing is converted, nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Identified(Model):
    """Something that other parts refer to by its id."""

    id: str


class Conditional(Model):
    """Something shown only where the details fit.

    Attributes:
        when: detail id to the option ids for which this is shown; empty: always.
    """

    when: dict[Identifier, tuple[Identifier, ...]] = Field(default_factory=dict)

    @field_validator("when", mode="before")
    @classmethod
    def _one_option_or_several(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {key: tuple(v) if isinstance(v, list) else (v,) for key, v in value.items()}

    def fits(self, details: Mapping[str, str]) -> bool | None:
        """True or False where `details` decide it; None where a detail is not known."""
        known: bool | None = True
        for detail, options in self.when.items():
            chosen = details.get(detail, UNKNOWN)
            if chosen == UNKNOWN:
                known = None
            elif chosen not in options:
                return False
        return known


class Item(Conditional):
    """One step, paper, place, time limit, effect or warning.

    Attributes:
        optional: printed with "(if any)".
    """

    text: Text
    optional: bool = False


class Citation(Conditional):
    """An article that the answer rests on.

    Attributes:
        statute: id of the statute; "law" is the Social Insurance Law.
        article: its number.
        why: the reason why it applies here.
    """

    statute: Identifier = "law"
    article: int
    why: Text


class Years(Model):
    """A span of years that means an option: `from` ≤ years < `below`; a side left out is open."""

    least: Annotated[float, Field(ge=0)] | None = Field(None, alias="from")
    below: Annotated[float, Field(gt=0)] | None = None

    def holds(self, years: float) -> bool:
        """Whether so many years lie in the span."""
        return (self.least is None or years >= self.least) and (self.below is None or years < self.below)


class Option(Identified):
    """One possible value of a detail.

    Attributes:
        label: printed on its button, and before an item that only holds for it.
        phrasings: what people say when they mean it, in either language.
        years: the years that mean it ("交了七年"), where it is a span of years.
        entry: the entry that answers instead, where this option leads to another one.
    """

    id: Identifier
    label: Text
    phrasings: Annotated[tuple[NonEmpty, ...], Field(min_length=1, strict=False)]
    years: Years | None = None
    entry: Identifier | None = None


class Detail(Identified):
    """Something that must be known to give the right answer, with the question that asks for it."""

    id: Identifier
    ask: Text
    options: Annotated[tuple[Option, ...], Field(min_length=2, strict=False)]

    def option(self, option_id: str) -> Option | None:
        """The option of that id, if there is one."""
        return next((option for option in self.options if option.id == option_id), None)


class Phrasings(Model):
    """Ways of asking for an entry, by language."""

    zh: Annotated[tuple[NonEmpty, ...], Field(min_length=1, strict=False)]
    en: Annotated[tuple[NonEmpty, ...], Field(min_length=1, strict=False)]


Items = Annotated[tuple[Item, ...], Field(min_length=1, strict=False)]


class Entry(Identified):
    """One question that can be answered.

    Attributes:
        topic: the insurance it belongs to; "general" is for what concerns them all.
        reviewed: when somebody last held every sentence against its source, as year-month-day.
    """

    id: Identifier
    topic: Topic = "general"
    title: Text
    summary: Text
    script: Text
    phrasings: Phrasings
    keywords: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()
    details: Annotated[tuple[Detail, ...], Field(min_length=1, strict=False)] | None = None
    conditions: Items | None = None
    steps: Items | None = None
    materials: Items | None = None
    where: Items | None = None
    how_long: Items | None = None
    effects: Items | None = None
    warnings: Items | None = None
    cites: Annotated[tuple[Citation, ...], Field(min_length=1, strict=False)]
    sources: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()
    see: Annotated[tuple[Identifier, ...], Field(strict=False)] = ()
    reviewed: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None

    def detail(self, detail_id: str) -> Detail | None:
        """The detail of that id, if there is one."""
        return next((detail for detail in self.details or () if detail.id == detail_id), None)

    def conditionals(self) -> Iterator[Conditional]:
        """Everything whose showing may depend on details."""
        for items in (
            self.conditions,
            self.steps,
            self.materials,
            self.where,
            self.how_long,
            self.effects,
            self.warnings,
        ):
            yield from items or ()
        yield from self.cites

    def all_phrasings(self) -> tuple[str, ...]:
        """The phrasings of both languages."""
        return self.phrasings.zh + self.phrasings.en


class Article(Model):
    """An article of a statute: quoted (`chapter`, `zh`, `en`) or told in short (`gist`).

    Attributes:
        zh: the official text, one paragraph or listed item a line.
        en: our own translation, line for line.
    """

    number: Annotated[int, Field(ge=1)]
    chapter: Annotated[int, Field(ge=1)] | None = None
    zh: NonEmpty | None = None
    en: NonEmpty | None = None
    gist: Text | None = None

    @model_validator(mode="after")
    def _quoted_or_in_short(self) -> Self:
        quoted = [self.chapter, self.zh, self.en]
        if self.gist is None and None in quoted:
            raise ValueError(
                "an article has either `chapter`, `zh` and `en` (quoted) or `gist` (in short): add what is missing"
            )
        if self.gist is not None and any(part is not None for part in quoted):
            raise ValueError("an article is quoted or in short: take out `gist`, or `chapter`, `zh` and `en`")
        return self

    @property
    def text(self) -> Text:
        """Its text, or what stands for it in short."""
        if self.gist is not None:
            return self.gist
        return OfficialText.model_validate({"zh": self.zh, "en": self.en})


class Statute(Identified):
    """A law or a regulation."""

    id: Identifier
    title: Text
    version: NonEmpty
    source: Text
    chapters: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    articles: Annotated[tuple[Article, ...], Field(min_length=1, strict=False)]

    def article(self, number: int) -> Article | None:
        """The article of that number, if the file holds it."""
        return next((article for article in self.articles if article.number == number), None)


class Statutes(Model):
    """The whole of law_articles.yaml."""

    statutes: Annotated[tuple[Statute, ...], Field(min_length=1, strict=False)]


class Source(Identified):
    """A document that statements stand in.

    Attributes:
        id: a seed document's file name, or a name for an official document.
    """

    id: NonEmpty
    title: Text


class Synonyms(Model):
    """The whole of synonyms.yaml.

    Attributes:
        groups: words that mean the same to a person asking; the first stands for all.
        words: words of the field, of which each counts as one thing when a question is compared.
    """

    groups: Annotated[
        tuple[Annotated[tuple[NonEmpty, ...], Field(min_length=2, strict=False)], ...], Field(strict=False)
    ] = ()
    words: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()


class Elsewhere(Model):
    """The whole of elsewhere.yaml: questions that look like ours ("I lost my bank card") and that no entry answers.

    Attributes:
        zh: in Chinese.
        en: in English.
    """

    zh: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()
    en: Annotated[tuple[NonEmpty, ...], Field(strict=False)] = ()


def _sayings(entry: Entry) -> Iterator[str]:
    yield from entry.all_phrasings()
    yield entry.title.zh
    yield entry.title.en
    for in_english in (False, True):
        words = [word for word in entry.keywords if word.isascii() is in_english]
        if words:
            yield " ".join(words)


class Knowledge:
    """All that the bot knows, read once and never changed.

    Attributes:
        entries: by id, in file order.
        statutes: by id.
        sources: by id.
        synonyms: groups of words of one meaning.
        words: words of the field.
        elsewhere: questions that look like ours and belong to nobody here.
        revision: eight hexadecimal digits that change with any change of the files.
    """

    def __init__(
        self,
        entries: tuple[Entry, ...],
        statutes: tuple[Statute, ...],
        sources: tuple[Source, ...] = (),
        synonyms: Synonyms | None = None,
        elsewhere: Elsewhere | None = None,
        *,
        revision: str = "00000000",
    ) -> None:
        self.entries: Mapping[str, Entry] = MappingProxyType({entry.id: entry for entry in entries})
        self.statutes: Mapping[str, Statute] = MappingProxyType({statute.id: statute for statute in statutes})
        self.sources: Mapping[str, Source] = MappingProxyType({source.id: source for source in sources})
        self.synonyms: tuple[tuple[str, ...], ...] = synonyms.groups if synonyms else ()
        self.words: tuple[str, ...] = synonyms.words if synonyms else ()
        self.elsewhere: tuple[str, ...] = (*elsewhere.zh, *elsewhere.en) if elsewhere else ()
        self.revision = revision

    def phrasings(self) -> dict[str, tuple[str, ...]]:
        """Entry id to all its phrasings, its titles and its keywords among them."""
        return {entry.id: tuple(_sayings(entry)) for entry in self.entries.values()}

    def article(self, statute: str, number: int) -> Article | None:
        """An article, if the files hold it."""
        found = self.statutes.get(statute)
        return found.article(number) if found else None
