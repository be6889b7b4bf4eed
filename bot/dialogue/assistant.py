"""The Assistant: one step of a conversation. Pure: no clock but the one passed in, no channel, no storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot import wording
from bot.dialogue.articles import ArticleRequest, article_request
from bot.dialogue.aspects import aspect_of
from bot.dialogue.conversation import LET_GO_AFTER, Conversation, Reply, Step, Utterance
from bot.dialogue.details import DetailReader, read_reply
from bot.dialogue.phrases import Control, control, corrects, ordinal
from bot.dialogue.speaker import NONE_OF_THESE, Speaker
from bot.knowledge import UNKNOWN, Detail, Entry, Knowledge
from bot.language import detect
from bot.matching import ANSWER_AT, CLARIFY_AT, Candidate, Decision, Matcher, decide, normalise
from bot.matching.normalise import MAX_CHARACTERS

Turn = tuple[Conversation, tuple[Reply, ...]]

_REPLY_CONFIDENCE = 0.4
"""From this confidence on a reply in free words counts as the option it comes nearest to."""
_REPLY_SHARE = 0.4
"""From this share on a message that names an option is a reply, whatever else it resembles."""


class Assistant:
    """Understands one utterance after the other.

    Args:
        knowledge: what can be answered.
        matcher: finds entries; built over the same knowledge.
        answer_at, clarify_at: the two thresholds of `decide`.
    """

    def __init__(
        self, knowledge: Knowledge, matcher: Matcher, answer_at: float = ANSWER_AT, clarify_at: float = CLARIFY_AT
    ) -> None:
        self.knowledge = knowledge
        self._matcher = matcher
        self._say = Speaker(knowledge)
        self._details = DetailReader(matcher.canonical)
        self._thresholds = (answer_at, clarify_at)
        self._readers: dict[tuple[str, str], Matcher] = {}  # built when first needed: few replies need one

    def respond(self, conversation: Conversation, utterance: Utterance, now: datetime) -> Turn:
        """One step: the conversation after the utterance, and what to say.

        Args:
            conversation: as it was; a new `Conversation()` for somebody new.
            utterance: what was said or pressed.
            now: the time, with its zone.
        """
        expired = conversation.touched is not None and now - conversation.touched > LET_GO_AFTER
        waited = conversation.phase in ("asking", "clarifying")
        if expired or not self._known(conversation):
            conversation = conversation.fresh()
        conversation = conversation.model_copy(update={"touched": now})
        if conversation.phase == "idle":
            said = detect(utterance.text) or conversation.preferred or utterance.language
            conversation = conversation.model_copy(update={"language": said or conversation.language})
        if utterance.choice is not None:
            return self._chosen(conversation, utterance.choice)
        after, replies = self._said(conversation, utterance.text)
        if expired and waited and after.phase == "idle" and not any(reply.quote for reply in replies):
            replies = (Reply(wording.EXPIRED.of(after.language)), *replies)
        if len(utterance.text) > MAX_CHARACTERS:
            replies = (Reply(wording.TOO_LONG.of(after.language)), *replies)
        return after, replies

    def _known(self, conversation: Conversation) -> bool:
        """Whether all that the conversation refers to is still in the knowledge, which may have changed since."""
        entry = self._entry(conversation)
        return (
            (conversation.entry_id is None or entry is not None)
            and (
                conversation.phase != "asking"
                or (entry is not None and entry.detail(conversation.asking or "") is not None)
            )
            and all(other in self.knowledge.entries for other in conversation.offered)
        )

    def understand(self, text: str, limit: int = 5) -> tuple[Decision, tuple[Candidate, ...], list[Candidate]]:
        """What a text by itself asks for: the decision, those it concerns, and all candidates, best first."""
        candidates = self._matcher.match(text, max(limit, 3))
        decision, meant = decide(candidates, *self._thresholds)
        return decision, meant, candidates[:limit]

    def stated(self, entry_id: str, text: str) -> Mapping[str, str]:
        """The details of an entry that a text states: detail id to option id."""
        return self._details.extract(self.knowledge.entries[entry_id], text).details

    def repeat(self, conversation: Conversation) -> tuple[Reply, ...]:
        """What the conversation stands at, said again, in its present language; empty where nothing is open or answered."""
        return self._present(conversation)[1] if conversation.phase == "answered" else self._again(conversation)

    # ------------------------------------------------------------------ what was pressed

    def _chosen(self, conversation: Conversation, choice: str) -> Turn:
        parts = choice.split("/")
        if parts[0] == "article" and len(parts) == 3 and parts[2].isdecimal():
            return self._article(conversation, ArticleRequest(parts[1], int(parts[2][:6]), ""))
        if choice == NONE_OF_THESE:
            return self._nothing(conversation)
        if len(parts) == 3 and (entry := self.knowledge.entries.get(parts[0])):
            detail = entry.detail(parts[1])
            if detail and (parts[2] == UNKNOWN or detail.option(parts[2])):
                known = conversation.details if conversation.entry_id == entry.id else {}
                return self._go_on(conversation, entry, {**known, detail.id: parts[2]}, conversation.question)
        elif choice in self.knowledge.entries:
            asked = conversation.question if choice in conversation.offered else ""
            return self._open(conversation, self.knowledge.entries[choice], asked)
        elif (entry := self._entry(conversation)) and (owner := self._owner(conversation, entry, choice)):
            return self._go_on(conversation, entry, {**conversation.details, owner.id: choice}, conversation.question)
        elif choice in ("back", "start-over", "cancel"):
            return self._controlled(conversation, choice)  # type: ignore[arg-type]
        return conversation, (Reply(wording.OLD_CHOICE.of(conversation.language)),)

    def _owner(self, conversation: Conversation, entry: Entry, option: str) -> Detail | None:
        """The detail that a bare option id belongs to: the one asked for before any other."""
        asked = entry.detail(conversation.asking or "")
        for detail in (asked, *(entry.details or ())):
            if detail and (detail.option(option) or (option == UNKNOWN and detail is asked)):
                return detail
        return None

    # ------------------------------------------------------------------ what was said

    def _said(self, conversation: Conversation, text: str) -> Turn:
        language = conversation.language
        if not normalise(text):
            return conversation, (Reply(wording.EMPTY.of(language)), *self._again(conversation))
        steer = control(text)
        if conversation.phase == "asking" and (turn := self._reply_to_detail(conversation, text, steer)):
            return turn
        if conversation.phase == "clarifying" and (turn := self._reply_to_offer(conversation, text)):
            return turn
        if steer:
            return self._controlled(conversation, steer)
        if (request := article_request(text)) and (
            len(request.rest) < 8 or self.understand(request.rest)[0] != "answer"
        ):
            return self._article(conversation.model_copy(update={"language": detect(text) or language}), request)
        if conversation.phase == "answered" and (turn := self._correction(conversation, text)):
            return turn
        return self._question(conversation, text)

    def _question(self, conversation: Conversation, text: str) -> Turn:
        """A question of its own."""
        decision, meant, candidates = self.understand(text)
        if decision != "none" or conversation.phase in ("idle", "answered"):
            language = detect(text) or conversation.language
            conversation = conversation.model_copy(update={"language": language})
        if decision == "answer":
            return self._open(conversation, self.knowledge.entries[meant[0].entry_id], text)
        if decision == "clarify":
            offered = tuple(candidate.entry_id for candidate in meant)
            step = Step(phase="clarifying", offered=offered, aspect=aspect_of(text), question=text)
            moved = conversation.move(step, keep=conversation.phase != "idle")
            return moved, self._again(moved)
        if conversation.phase in ("asking", "clarifying"):
            # Not understood, perhaps not meant for us: what is open stays open.
            unclear = wording.NOT_UNDERSTOOD if len(normalise(text)) < 6 else wording.NONE
            return conversation, (Reply(unclear.of(conversation.language)), *self._again(conversation))
        return self._nothing(conversation, candidates)

    def _reply_to_detail(self, conversation: Conversation, text: str, steer: Control | None) -> Turn | None:
        entry = self._entry(conversation)
        detail = entry.detail(conversation.asking or "") if entry else None
        if entry is None or detail is None:
            return None
        option = read_reply(detail, text)
        if option is not None:
            return self._go_on(conversation, entry, {**conversation.details, detail.id: option}, conversation.question)
        if steer:
            return None
        correcting = corrects(text)
        stated = self._details.extract(entry, text, correcting)
        decision, meant, _ = self.understand(text)
        elsewhere = decision == "answer" and meant[0].entry_id != entry.id
        if stated.details and (not elsewhere or correcting or stated.share >= _REPLY_SHARE):
            return self._go_on(conversation, entry, {**conversation.details, **stated.details}, conversation.question)
        if decision != "answer" and (option := self._nearest_option(entry, detail, text)):
            return self._go_on(conversation, entry, {**conversation.details, detail.id: option}, conversation.question)
        return None

    def _nearest_option(self, entry: Entry, detail: Detail, text: str) -> str:
        """The option that a reply in free words comes nearest to; "" where it comes near to none."""
        key = (entry.id, detail.id)
        if key not in self._readers:
            said = {o.id: (*o.phrasings, o.label.zh, o.label.en) for o in detail.options}
            self._readers[key] = Matcher(said, self.knowledge.synonyms, self.knowledge.words)
        return self._nearest(self._readers[key], text)

    @staticmethod
    def _nearest(reader: Matcher, text: str) -> str:
        candidates = reader.match(text, 1)
        return candidates[0].entry_id if candidates and candidates[0].confidence >= _REPLY_CONFIDENCE else ""

    def _reply_to_offer(self, conversation: Conversation, text: str) -> Turn | None:
        place = ordinal(text, len(conversation.offered) + 1)
        if place == len(conversation.offered) or control(text) in ("none-of-these", "unknown"):
            return self._nothing(conversation)
        if place is not None:
            chosen = conversation.offered[place]
        else:
            decision, meant, _ = self.understand(text)
            if decision == "answer":
                chosen = meant[0].entry_id
            elif text == conversation.question or not (chosen := self._nearest_offered(conversation, text)):
                return None
            if chosen not in conversation.offered:
                return None
        return self._open(conversation, self.knowledge.entries[chosen], conversation.question)

    def _nearest_offered(self, conversation: Conversation, text: str) -> str:
        """The offered entry that a reply in a few words comes nearest to; "" where it comes near to none."""
        said = {other: self.knowledge.entries[other] for other in conversation.offered}
        phrasings = {other: (*entry.all_phrasings(), *entry.keywords) for other, entry in said.items()}
        return self._nearest(Matcher(phrasings, self.knowledge.synonyms, self.knowledge.words), text)

    def _correction(self, conversation: Conversation, text: str) -> Turn | None:
        """After an answer: other details of the same entry ("说错了，是单位办"), which change it."""
        entry = self._entry(conversation)
        if entry is None:
            return None
        correcting = corrects(text)
        stated = self._details.extract(entry, text, correcting)
        changes = {k: v for k, v in stated.details.items() if conversation.details.get(k) != v}
        if not changes:
            return None
        decision, meant, _ = self.understand(text)
        elsewhere = decision == "answer" and meant[0].entry_id != entry.id
        if elsewhere and not correcting and stated.share < _REPLY_SHARE:
            return None
        return self._go_on(conversation, entry, {**conversation.details, **changes}, conversation.question)

    def _controlled(self, conversation: Conversation, steer: Control) -> Turn:
        language = conversation.language
        match steer:
            case "cancel":
                open_ = conversation.phase in ("asking", "clarifying")
                said = wording.CANCELLED if open_ else wording.NOTHING_TO_CANCEL
                return conversation.fresh(), (Reply(said.of(language)),)
            case "start-over":
                return conversation.fresh(), (Reply(wording.STARTED_OVER.of(language)),)
            case "back":
                return self._back(conversation)
            case "greeting":
                said = wording.GREETING
            case "thanks":
                said = wording.THANKS
            case "help":
                said = wording.HELP
            case _:  # "I don't know" or "none of these" where nothing was asked
                return self._nothing(conversation)
        return conversation, (Reply(said.of(language)), *self._again(conversation))

    def _back(self, conversation: Conversation) -> Turn:
        if not conversation.past:
            return conversation, (Reply(wording.NOTHING_BEFORE.of(conversation.language)), *self._again(conversation))
        *earlier, step = conversation.past
        back = conversation.model_copy(update={"past": tuple(earlier)}).move(step, keep=False)
        if back.phase == "answered":
            return self._present(back)
        if back.phase == "idle":
            return back, (Reply(wording.STARTED_OVER.of(back.language)),)
        return back, self._again(back)

    # ------------------------------------------------------------------ moving on

    def _open(self, conversation: Conversation, entry: Entry, question: str) -> Turn:
        """Begin with an entry: what the question states is taken from it, the rest is asked for."""
        stated = self.stated(entry.id, question) if question else {}
        cleared = conversation.model_copy(update={"aspect": aspect_of(question) if question else None})
        if conversation.phase == "answered":
            cleared = cleared.model_copy(update={"past": ()})
        return self._go_on(cleared, entry, stated, question)

    def _go_on(self, conversation: Conversation, entry: Entry, details: Mapping[str, str], question: str) -> Turn:
        """Ask for the next detail that changes the answer, or answer."""
        for detail in entry.details or ():
            option = detail.option(details.get(detail.id, ""))
            if option and option.entry:
                other = self.knowledge.entries[option.entry]
                return self._open(conversation, other, question)
        asking = next((d for d in entry.details or () if d.id not in details and _matters(entry, d, details)), None)
        step = Step(
            phase="asking" if asking else "answered",
            entry_id=entry.id,
            details=dict(details),
            asking=asking.id if asking else conversation.asking,
            aspect=conversation.aspect,
            question=question,
        )
        moved = conversation.move(step, keep=conversation.phase in ("asking", "clarifying", "answered"))
        return (moved, self._again(moved)) if asking else self._present(moved)

    def _present(self, conversation: Conversation) -> Turn:
        return conversation, tuple(self._say.answer(conversation))

    def _nothing(self, conversation: Conversation, candidates: Sequence[Candidate] = ()) -> Turn:
        near = [candidate.entry_id for candidate in candidates]
        return conversation.fresh(), (self._say.nothing(conversation.language, near),)

    def _article(self, conversation: Conversation, request: ArticleRequest) -> Turn:
        return conversation, (self._say.article(request, conversation.language),)

    def _again(self, conversation: Conversation) -> tuple[Reply, ...]:
        return self._say.open_question(conversation)

    def _entry(self, conversation: Conversation) -> Entry | None:
        """The entry in question; None also where the knowledge has lost it since."""
        return self.knowledge.entries.get(conversation.entry_id or "")


def _matters(entry: Entry, detail: Detail, details: Mapping[str, str]) -> bool:
    """Whether the answer depends on a detail, given the others."""
    if any(option.entry for option in detail.options):
        return True
    return any(
        detail.id in conditional.when
        and all(
            details.get(name, UNKNOWN) in (UNKNOWN, *options)
            for name, options in conditional.when.items()
            if name != detail.id
        )
        for conditional in entry.conditionals()
    )
