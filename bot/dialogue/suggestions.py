"""Answers to choose from while a question is still being typed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.dialogue.aspects import aspect_of
from bot.dialogue.assistant import Assistant
from bot.knowledge import Aspect, Knowledge
from bot.language import Language, detect, script
from bot.matching import Beginnings, Candidate, normalise

FLOOR = 0.03
"""An entry of less confidence is not worth a look, unless a phrasing holds what is typed."""
BESIDE, FLOOR_BESIDE = 3, 0.003
"""So many are shown, though less likely, if any is worth it: the likeliest may still be wrong."""


@dataclass(frozen=True)
class Suggested:
    """An entry that may be meant.

    Attributes:
        entry_id: its id.
        details: those that the text states: detail id to option id.
    """

    entry_id: str
    details: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """What a text, perhaps half a question, may ask for.

    Attributes:
        entries: best first; none twice.
        aspect: the part of the answer that is asked for.
        language: the one the text is in, None where nothing tells.
    """

    entries: tuple[Suggested, ...]
    aspect: Aspect | None = None
    language: Language | None = None


class Suggestions:
    """Finds entries for half a question.

    Args:
        assistant: understands questions.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    @property
    def knowledge(self) -> Knowledge:
        """What can be answered."""
        return self._assistant.knowledge

    def find(self, text: str, limit: int, device: Language | None = None) -> Found:
        """The entries that a text may ask for: those it is understood as, and those whose phrasings hold what is typed.

        Args:
            text: nothing typed yet: one entry of each topic.
            limit: so many at most.
            device: its language, which decides between the scripts of Chinese where the text does not.
        """
        if not text.strip():
            first: dict[str, Suggested] = {}
            for entry in self.knowledge.entries.values():
                first.setdefault(entry.topic, Suggested(entry.id, {}))
            return Found(tuple(first.values())[:limit])
        if not normalise(text):
            return Found(())
        question = self._assistant.understand(text, limit)
        likely = _worth_a_look(question.candidates)
        begun = self._beginnings.find(text, limit)
        # Who has said enough is understood; who has not is still typing what begins so.
        starts = [] if question.decision == "answer" else [each.entry_id for each in begun if each.at_start]
        found: dict[str, Suggested] = {}
        for entry_id in dict.fromkeys((*starts, *likely, *(each.entry_id for each in begun))):
            if len(found) < limit:
                suggested = self._led_to(entry_id, text)
                found.setdefault(suggested.entry_id, suggested)
        by_sound = text.isascii() and (starts or not likely) and any(each.chinese for each in begun[:1])
        spoken = by_sound or self._assistant.matcher.heard(text) is not None
        return Found(tuple(found.values()), aspect_of(text), script(text, device) if spoken else detect(text, device))

    @cached_property
    def _beginnings(self) -> Beginnings:
        # When first needed: the desk's process and the terminal never do.
        return Beginnings(self.knowledge.phrasings())

    def _led_to(self, entry_id: str, text: str) -> Suggested:
        """An entry with the details that the text states, or the one that such a detail leads to."""
        seen: set[str] = set()
        while True:
            seen.add(entry_id)
            details = self._assistant.stated(entry_id, text)
            other = next((entry for entry in self._leading(entry_id, details) if entry not in seen), None)
            if other is None:
                return Suggested(entry_id, details)
            entry_id = other

    def _leading(self, entry_id: str, details: Mapping[str, str]) -> Iterator[str]:
        for detail in self.knowledge.entries[entry_id].details or ():
            option = detail.option(details.get(detail.id, ""))
            if option and option.entry:
                yield option.entry


def _worth_a_look(candidates: Sequence[Candidate]) -> list[str]:
    if not candidates or candidates[0].confidence < FLOOR:
        return []
    return [
        each.entry_id
        for place, each in enumerate(candidates)
        if each.confidence >= (FLOOR_BESIDE if place < BESIDE else FLOOR)
    ]
