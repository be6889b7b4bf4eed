"""What the desk shows: the entries that a question may ask for, and an entry's answer for the case at hand. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.answers import Answer, Quote, compose, plain, quote, script
from bot.dialogue import Assistant, article_requests, aspect_of, matters
from bot.knowledge import UNKNOWN, Detail, Entry, Knowledge
from bot.language import Language, Written
from bot.matching import Decision
from bot.privacy import blank, redact

SHOWN = 6
"""Candidates on the page."""
_WORTH_SHOWING = 0.01
_SHOWN_BESIDE = 3
"""So many are shown if any is worth it: the likeliest may still be wrong."""
_WORDS = 4
_OF_ANY_QUESTION = frozenset(
    [
        "怎么",
        "什么",
        "怎样",
        "如何",
        "多少",
        "哪里",
        "哪些",
        "为什么",
        "可以",
        "现在",
        "请问",
        "how",
        "what",
        "is",
        "to",
        "do",
        "the",
        "my",
        "can",
        "where",
        "when",
        "which",
        "of",
        "for",
        "i",
        "a",
        "in",
    ]
)


@dataclass(frozen=True)
class Hit:
    """An entry that may be meant.

    Attributes:
        entry: it.
        confidence: probability that it is what was asked for, 0..1.
        words: those of the question, as read, that stand in the entry's nearest phrasing too.
        marks: those that stand in its title.
    """

    entry: Entry
    confidence: float
    words: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What a question, or half of one, may ask for.

    Attributes:
        decision: what the bot would do: answer, ask which one is meant, or say that it does not know.
        hits: entries, best first.
        articles: those that the question names.
        details: that it states about the first entry.
    """

    decision: Decision
    hits: tuple[Hit, ...]
    articles: tuple[Quote, ...]
    details: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """A detail on which the answer depends.

    Attributes:
        detail: it, with its options.
        chosen: the option that is known, or `UNKNOWN`; None where it is open.
        active: whether it is the first that is open: the one to ask the caller now.
    """

    detail: Detail
    chosen: str | None
    active: bool


@dataclass(frozen=True)
class Case:
    """An entry's answer where some details are known.

    Attributes:
        details: detail id to option id, as far as known.
        asked: the details that it depends on, in order.
        language: to show it in.
    """

    entry: Entry
    answer: Answer
    details: Mapping[str, str]
    asked: tuple[Asked, ...]
    language: Written

    @property
    def open(self) -> Detail | None:
        """What to ask the caller now."""
        return next((each.detail for each in self.asked if each.active), None)

    @cached_property
    def passages(self) -> tuple[script.Passage, ...]:
        """What to read out."""
        return script.passages(self.answer, self.language, decided=self._decided)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """What each tab shows, as plain text to copy; "sms" beside them."""
        return {
            "script": script.render_passages(self.passages, self.language),
            "full": plain.render(self.answer, self.language),
            "materials": plain.render_materials(self.answer, self.language),
            "law": plain.render_law(self.answer, self.language),
            "sms": script.render_sms(self.answer, self.language, decided=self._decided),
        }

    @property
    def reference(self) -> str:
        """The line that tells where a copied text came from."""
        return script.reference(self.answer, self.language)

    @property
    def _decided(self) -> bool:
        return any(option != UNKNOWN for option in self.details.values())


class Cases:
    """Finds entries and answers them.

    Args:
        assistant: understands questions.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    @property
    def knowledge(self) -> Knowledge:
        """What can be answered."""
        return self._assistant.knowledge

    def find(self, text: str, language: Language, limit: int = SHOWN) -> Found:
        """What a text may ask for. It may be half a question.

        Args:
            language: of the titles.
        """
        heard = blank(redact(text))
        question = self._assistant.understand(heard, limit)
        candidates = [
            candidate
            for place, candidate in enumerate(question.candidates)
            if candidate.confidence >= _WORTH_SHOWING
            or (place < _SHOWN_BESIDE and question.candidates[0].confidence >= _WORTH_SHOWING)
        ]
        entries = [self.knowledge.entries[candidate.entry_id] for candidate in candidates]
        texts = [candidate.phrasing for candidate in candidates] + [entry.title.of(language) for entry in entries]
        words = [_telling(shared) for shared in self._assistant.matcher.shared_words(heard, texts)]
        hits = tuple(
            Hit(entry, candidate.confidence, words[place], words[place + len(entries)])
            for place, (entry, candidate) in enumerate(zip(entries, candidates, strict=True))
        )
        stated = self._assistant.stated(hits[0].entry.id, heard) if hits and question.decision != "none" else {}
        return Found(question.decision, hits, tuple(self.named_articles(heard)), stated)

    def named_articles(self, text: str) -> Sequence[Quote]:
        """The articles that a text names; a bare number is one."""
        requests = article_requests(text, bare=text.strip().isdecimal())
        found = [quote(self.knowledge, request.statute, request.number) for request in requests]
        return [each for each in found if each]

    def answer(
        self, entry_id: str, language: Written, details: Mapping[str, str] | None = None, question: str = ""
    ) -> Case | None:
        """An entry's answer; None where there is no such entry.

        Args:
            details: what is known. None: what the question states.
            question: in the caller's words; the part that it asks for comes first.

        An option may lead to another entry, which answers then. Details and options that the entry does not have are
        passed over: the knowledge may have changed since a link was made.
        """
        heard = blank(redact(question))
        entry = self.knowledge.entries.get(entry_id)
        if entry is None:
            return None
        known = self._stated(entry, heard) if details is None else _valid(entry, details)
        seen = {entry.id}
        while (other := _led_to(entry, known)) and other not in seen:
            seen.add(other)
            entry = self.knowledge.entries[other]
            known = self._stated(entry, heard)
        aspect = aspect_of(heard) if heard else None
        return Case(entry, compose(self.knowledge, entry, known, aspect), known, _asked(entry, known), language)

    def _stated(self, entry: Entry, heard: str) -> Mapping[str, str]:
        return dict(self._assistant.stated(entry.id, heard)) if heard else {}


def unknown_details(entry: Entry, details: Mapping[str, str]) -> list[str]:
    """What of `details` the entry does not have, as `detail=option`."""
    return [f"{name}={option}" for name, option in details.items() if name not in _valid(entry, {name: option})]


def _valid(entry: Entry, details: Mapping[str, str]) -> dict[str, str]:
    return {
        detail.id: option
        for detail in entry.details or ()
        if (option := details.get(detail.id)) and (option == UNKNOWN or detail.option(option))
    }


def _led_to(entry: Entry, details: Mapping[str, str]) -> str | None:
    for detail in entry.details or ():
        option = detail.option(details.get(detail.id, ""))
        if option and option.entry:
            return option.entry
    return None


def _asked(entry: Entry, details: Mapping[str, str]) -> tuple[Asked, ...]:
    asked = []
    active = True
    for detail in entry.details or ():
        chosen = details.get(detail.id)
        if chosen is None and not matters(entry, detail, details):
            continue
        asked.append(Asked(detail, chosen, active and chosen is None))
        active = active and chosen is not None
    return tuple(asked)


def _telling(words: Sequence[str]) -> tuple[str, ...]:
    """The words worth showing: no single characters, and not those of any question."""
    return tuple([word for word in dict.fromkeys(words) if len(word) > 1 and word not in _OF_ANY_QUESTION][:_WORDS])
