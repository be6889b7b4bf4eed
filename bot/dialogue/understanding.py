"""What a message means where a conversation stands: a question, a reply, a correction, a follow-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue.aspects import bare_aspect
from bot.dialogue.conversation import Conversation
from bot.dialogue.details import DetailReader, read_reply
from bot.dialogue.phrases import asks, corrects, denies, ordinal, without_correction
from bot.knowledge import Aspect, Detail, Entry, Knowledge
from bot.matching import Candidate, Decision, Matcher, decide, normalise

NONE_OF_THESE = "none-of-these"
_NEAR_ENOUGH = 0.5
"""From this confidence on a reply in free words counts as the option, or the offered entry, that it comes nearest to."""
_MOSTLY = 0.5
"""From this share on a message that names an option is about little else."""


@dataclass(frozen=True)
class FollowUp:
    """What a message changes after an answer.

    Attributes:
        details: all details as they are then.
        reopened: the detail to be asked for again.
        aspect: the part of the answer that is asked for now.
    """

    details: Mapping[str, str]
    reopened: str | None = None
    aspect: Aspect | None = None


@dataclass(frozen=True)
class Question:
    """What a text by itself asks for.

    Attributes:
        decision: see `decide`.
        meant: the entries that it concerns.
        candidates: all that were found, best first.
        also: the entries that it asks for besides, where it is several questions.
        part: the part of the text that asks for it; "" where that is the whole.
    """

    decision: Decision
    meant: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    also: tuple[Candidate, ...] = ()
    part: str = ""

    def sure_of_another_than(self, entry: Entry) -> bool:
        """Whether it surely asks for another entry."""
        return self.decision == "answer" and self.meant[0].entry_id != entry.id

    def may_mean(self, entry: Entry) -> bool:
        """Whether it may ask for this entry."""
        return self.decision != "none" and any(candidate.entry_id == entry.id for candidate in self.meant)


class Understanding:
    """Reads messages.

    Args:
        knowledge: what can be answered.
        matcher: finds entries.
        answer_at, clarify_at: the two thresholds of `decide`.
    """

    def __init__(self, knowledge: Knowledge, matcher: Matcher, answer_at: float, clarify_at: float) -> None:
        self._knowledge = knowledge
        self._matcher = matcher
        self._thresholds = (answer_at, clarify_at)
        self._details = DetailReader(matcher.canonical, matcher.heard)
        self._options: dict[tuple[str, str], Matcher] = {}  # built when first needed: few replies need one

    def question(self, text: str, limit: int = 5) -> Question:
        """What a text asks for as one piece."""
        candidates = self._matcher.match(text, max(limit, 3))
        decision, meant = decide(candidates, *self._thresholds)
        return Question(decision, meant, tuple(candidates[:limit]))

    def stated(self, entry: Entry, text: str) -> Mapping[str, str]:
        """The details of an entry that a text states."""
        return self._details.extract(entry, text).details

    def reply(self, entry: Entry, detail: Detail, known: Mapping[str, str], text: str) -> Mapping[str, str] | None:
        """The details as they are after a message, where `detail` was asked for; None where it is no reply to that."""
        option = read_reply(detail, text)
        if option is not None:
            return {**known, detail.id: option}
        correcting = corrects(text)
        stated = self._details.extract(entry, text, correcting)
        question = self.question(text)
        elsewhere = question.sure_of_another_than(entry)
        if stated.details and (
            correcting
            or (asks(text) and question.may_mean(entry))
            or (not asks(text) and (not elsewhere or stated.share >= _MOSTLY))
        ):
            return {**known, **stated.details}
        if asks(text) or denies(text) or elsewhere or len(normalise(text).replace(" ", "")) < 2:
            return None
        return {**known, detail.id: near} if (near := self._nearest_option(entry, detail, text)) else None

    def offered(self, conversation: Conversation, text: str) -> str | None:
        """The offered entry that a message chooses, `NONE_OF_THESE`, or None where it does neither."""
        place = ordinal(text, len(conversation.offered) + 1)
        if place is not None:
            return conversation.offered[place] if place < len(conversation.offered) else NONE_OF_THESE
        question = self.question(text)
        if question.decision == "answer":
            chosen = question.meant[0].entry_id
            return chosen if chosen in conversation.offered else None
        if text == conversation.question or denies(text):
            return None
        entries = {other: self._knowledge.entries[other] for other in conversation.offered}
        said = {other: (*entry.all_phrasings(), *entry.keywords) for other, entry in entries.items()}
        return _nearest(self._matcher.beside(said), text) or None

    def follow_up(self, conversation: Conversation, entry: Entry, text: str) -> FollowUp | None:
        """What a message after an answer changes in it; None where it is about something else."""
        known = dict(conversation.details)
        last = entry.detail(conversation.asking or "")
        correcting = corrects(text)
        said = without_correction(text) if correcting else text
        question = self.question(text)
        elsewhere = question.sure_of_another_than(entry) and bare_aspect(text) is None
        stated = self._details.extract(entry, text, correcting)
        changes = {name: option for name, option in stated.details.items() if known.get(name) != option}
        if correcting and not (elsewhere and not changes):
            if not changes and last and (option := read_reply(last, said)):
                changes = {last.id: option}
            return FollowUp({**known, **changes}) if changes else self._reopened(known, last)
        if elsewhere:
            return None
        if not asks(text):
            withdrawn = [name for name, options in stated.denied.items() if known.get(name) in options]
            if changes and (stated.share >= _MOSTLY or withdrawn):
                return FollowUp({**known, **changes})
            if withdrawn:
                return self._reopened(known, entry.detail(withdrawn[0]))
            if last and (option := read_reply(last, text)) and option != known.get(last.id):
                return FollowUp({**known, last.id: option})
        aspect = bare_aspect(text)
        return FollowUp(known, aspect=aspect) if aspect else None

    @staticmethod
    def _reopened(known: Mapping[str, str], detail: Detail | None) -> FollowUp | None:
        if detail is None:
            return None
        return FollowUp({name: option for name, option in known.items() if name != detail.id}, reopened=detail.id)

    def _nearest_option(self, entry: Entry, detail: Detail, text: str) -> str:
        key = (entry.id, detail.id)
        if key not in self._options:
            said = {o.id: (*o.phrasings, o.label.zh, o.label.en) for o in detail.options}
            self._options[key] = self._matcher.beside(said)
        return _nearest(self._options[key], text)


def _nearest(reader: Matcher, text: str) -> str:
    candidates = reader.match(text, 1)
    return candidates[0].entry_id if candidates and candidates[0].confidence >= _NEAR_ENOUGH else ""
