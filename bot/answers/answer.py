"""The Answer: what an entry says where certain details hold, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot import wording
from bot.knowledge import UNKNOWN, Aspect, Citation, Conditional, Entry, Item, Knowledge, Statute
from bot.language import CHINESE, Language, Text
from bot.numerals import to_chinese

SECTIONS: tuple[str, ...] = ("conditions", "steps", "materials", "where", "how long", "effects", "warnings")
"""In the order in which they are read; "law" comes after them."""


@dataclass(frozen=True)
class Line:
    """One item of a section.

    Attributes:
        text: what it says.
        branch: the case for which it holds, where the details leave that open.
        optional: whether "(if any)" goes with it.
    """

    text: Text
    branch: Text | None = None
    optional: bool = False

    def of(self, language: Language) -> str:
        """The whole line in one language."""
        case = wording.IF.of(language).format(label=self.branch.of(language)) if self.branch else ""
        text = self.text.of(language)
        if self.optional:
            stop = "。" if language in CHINESE else "."
            ended = text.endswith(stop)
            text = text.removesuffix(stop) + wording.IF_ANY.of(language) + (stop if ended else "")
        return case + text


@dataclass(frozen=True)
class Section:
    """A part of the answer: its kind (see `SECTIONS`) and its lines."""

    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Quote:
    """A cited article.

    Attributes:
        statute: id of the statute.
        title: the statute's name.
        number: of the article.
        text: its paragraphs word for word, or what it says in short.
        word_for_word: which of the two.
        why: the reason why it applies.
        branch: the case for which it applies, where the details leave that open.
        chapter: number and name of its chapter, where the knowledge says.
    """

    statute: str
    title: Text
    number: int
    text: Text
    word_for_word: bool
    why: Text | None = None
    branch: Text | None = None
    chapter: Text | None = None


@dataclass(frozen=True)
class Stated:
    """A known detail of the case: its id, the id of its option, and what that is called."""

    detail: str
    option: str
    label: Text


@dataclass(frozen=True, eq=False)
class Answer:
    """What is said to a question.

    Attributes:
        entry_id: the entry it comes from.
        aspect: the part that was asked for and comes first.
        revision: of the knowledge.
        case: the details that are known.
        reviewed: when the entry was last held against its sources, as year-month-day; "" where nobody says.
    """

    entry_id: str
    title: Text
    summary: Text
    script: Text
    sections: tuple[Section, ...]
    quotes: tuple[Quote, ...]
    sources: tuple[Text, ...]
    see: tuple[tuple[str, Text], ...]
    aspect: Aspect | None = None
    revision: str = ""
    case: tuple[Stated, ...] = ()
    reviewed: str = ""

    @property
    def articles(self) -> tuple[int, ...]:
        """Numbers of the articles of the Social Insurance Law that it cites."""
        return tuple(quote.number for quote in self.quotes if quote.statute == "law")

    def section(self, kind: str) -> Section | None:
        """The section of that kind, if the answer has it."""
        return next((section for section in self.sections if section.kind == kind), None)


def compose(knowledge: Knowledge, entry: Entry, details: Mapping[str, str], aspect: Aspect | None = None) -> Answer:
    """The answer of an entry where `details` (detail id to option id, or `UNKNOWN`) hold.

    What a known detail excludes is left out; what an unknown one decides is shown with its case before it.
    """
    sections = []
    for kind in SECTIONS:
        items: tuple[Item, ...] = getattr(entry, kind.replace(" ", "_")) or ()
        lines = tuple(
            Line(item.text, _branch(entry, item, details), item.optional)
            for item in items
            if item.fits(details) is not False
        )
        if lines:
            sections.append(Section(kind, lines))
    sections.sort(key=lambda section: section.kind != aspect)  # stable: the one asked for first, the rest as they were
    cites = [citation for citation in entry.cites if citation.fits(details) is not False]
    return Answer(
        entry_id=entry.id,
        title=entry.title,
        summary=entry.summary,
        script=entry.script,
        sections=tuple(sections),
        quotes=tuple(_cited(knowledge, citation, _branch(entry, citation, details)) for citation in cites),
        sources=_sources(knowledge, entry, cites),
        see=tuple((other, knowledge.entries[other].title) for other in entry.see),
        aspect=aspect,
        revision=knowledge.revision,
        case=tuple(_stated(entry, details)),
        reviewed=entry.reviewed or "",
    )


def _stated(entry: Entry, details: Mapping[str, str]) -> Iterator[Stated]:
    for detail in entry.details or ():
        option = detail.option(details.get(detail.id, UNKNOWN))
        if option is not None:
            yield Stated(detail.id, option.id, option.label)


def quote(knowledge: Knowledge, statute_id: str, number: int) -> Quote | None:
    """An article by itself, or None where the knowledge does not hold it."""
    article = knowledge.article(statute_id, number)
    if article is None:
        return None
    statute = knowledge.statutes[statute_id]
    return Quote(
        statute_id,
        statute.title,
        number,
        article.text,
        article.gist is None,
        chapter=_chapter(statute, article.chapter),
    )


def _chapter(statute: Statute, number: int | None) -> Text | None:
    if number is None or number > len(statute.chapters):
        return None
    title, form = statute.chapters[number - 1], wording.CHAPTER
    return Text(
        zh=form.zh.format(number=to_chinese(number), title=title.zh), en=form.en.format(number=number, title=title.en)
    )


def _cited(knowledge: Knowledge, citation: Citation, branch: Text | None) -> Quote:
    found = quote(knowledge, citation.statute, citation.article)
    assert found is not None  # the loader refuses citations that lead nowhere
    return replace(found, why=citation.why, branch=branch)


def _branch(entry: Entry, conditional: Conditional, details: Mapping[str, str]) -> Text | None:
    """The case in which this holds, named by its options' labels; None where nothing is open."""
    cases: list[Text] = []
    for detail_id, options in conditional.when.items():
        detail = entry.detail(detail_id)
        if detail is not None and details.get(detail_id, UNKNOWN) == UNKNOWN:
            labels = [option.label for option in detail.options if option.id in options]
            cases.append(_join(labels, wording.OR))
    return _join(cases, wording.AND) if cases else None


def _inside(label: str) -> str:
    """A label within a sentence: "Had expenses" becomes "had expenses", "I am retired" and "HR" stay."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _join(texts: list[Text], between: Text) -> Text:
    english = [texts[0].en, *(_inside(text.en) for text in texts[1:])]
    return Text(zh=between.zh.join(text.zh for text in texts), en=between.en.join(english))


def _sources(knowledge: Knowledge, entry: Entry, cites: list[Citation]) -> tuple[Text, ...]:
    """The documents that the answer stands in; the statutes, where it rests on nothing else."""
    if entry.sources:
        return tuple(knowledge.sources[source].title for source in entry.sources)
    titles = [knowledge.statutes[statute].title for statute in dict.fromkeys(citation.statute for citation in cites)]
    return tuple(Text(zh=f"《{title.zh}》", en=title.en) for title in titles)
