"""The Assistant: one step of a conversation. Pure: no clock but the one passed in, no channel, no storage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from bot import wording
from bot.dialogue.articles import ArticleRequest, article_requests
from bot.dialogue.aspects import aspect_of
from bot.dialogue.conversation import LET_GO_AFTER, Conversation, Reply, Step, Utterance
from bot.dialogue.phrases import Control, asks, control
from bot.dialogue.relevance import matters
from bot.dialogue.rereading import columns, reread
from bot.dialogue.speaker import Speaker
from bot.dialogue.understanding import NONE_OF_THESE, Question, Understanding
from bot.knowledge import UNKNOWN, Detail, Entry, Knowledge
from bot.language import Language, Text, detect, script
from bot.matching import ANSWER_AT, CLARIFY_AT, Candidate, Matcher, normalise
from bot.matching.normalise import MAX_CHARACTERS

Turn = tuple[Conversation, tuple[Reply, ...]]

_LANGUAGES: dict[Control, Language | None] = {
    "chinese": None, "simplified": "zh", "traditional": "zh-hant", "english": "en",
}  # fmt: skip
"""What asks for a language; None: Chinese, in the user's script."""
KEPT = 1024
KEPT_COLUMNS = 64
"""So many questions of so many columns at most are remembered with what they were understood as."""
_STEERING = frozenset({"cancel", "start-over", "back", "greeting", "thanks", "help", "explain", "repeat", *_LANGUAGES})
"""What is never a reply, whatever is asked."""
_PRESSED: dict[str, Control] = {"back": "back", "start-over": "start-over", "cancel": "cancel"}
"""What may be pressed as well as said."""
_ARTICLE_REST = 8
"""A message that names an article and says more than this may ask for something else."""
_NEAR_TOPIC = 0.03
"""An entry of less confidence is no better an example of what is known than any other."""


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
        self.matcher = matcher
        self._understanding = Understanding(knowledge, matcher, answer_at, clarify_at)
        self._understood = lru_cache(maxsize=KEPT)(self._understand)
        self._say = Speaker(knowledge)

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
        # The user's own languages, the surest first: they count where the words by themselves do not tell.
        before = conversation.language if conversation.touched else None
        known = (conversation.preferred, before, utterance.language)
        conversation = conversation.model_copy(update={"touched": now})
        if conversation.phase == "idle":
            said = detect(utterance.text, *known) or next(filter(None, known), None)
            conversation = conversation.model_copy(update={"language": said or conversation.language})
        if utterance.choice is not None:
            return self._chosen(conversation, utterance.choice)
        after, replies = self._said(conversation, utterance.text, known)
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
            and all(other in self.knowledge.entries for other in (*conversation.offered, *conversation.also))
        )

    def understand(self, text: str, limit: int = 5) -> Question:
        """What a text by itself asks for; a long one, or one of several questions, is read by its parts too."""
        # Many ask the same in the same few words; what is longer is somebody's own story, and not kept.
        return self._understood(text, limit) if columns(text) <= KEPT_COLUMNS else self._understand(text, limit)

    def _understand(self, text: str, limit: int) -> Question:
        return reread(text, self._understanding.question(text, limit), self._understanding.question)

    def stated(self, entry_id: str, text: str) -> Mapping[str, str]:
        """The details of an entry that a text states: detail id to option id."""
        return self._understanding.stated(self.knowledge.entries[entry_id], text)

    def repeat(self, conversation: Conversation) -> tuple[Reply, ...]:
        """What the conversation stands at, said again, in its present language; empty where nothing is open or answered."""
        return self._present(conversation)[1] if conversation.phase == "answered" else self._again(conversation)

    def so_far(self, conversation: Conversation) -> tuple[Reply, ...]:
        """The answer for the case as far as it is known, with what would be asked as its choices; empty without an entry."""
        return self._say.so_far(conversation) if self._entry(conversation) else ()

    # ------------------------------------------------------------------ what was pressed

    def _chosen(self, conversation: Conversation, choice: str) -> Turn:
        parts = choice.split("/")
        if parts[0] == "article" and len(parts) == 3 and parts[2].isdecimal() and len(parts[2]) < 6:
            return self._articles(conversation, [ArticleRequest(parts[1], int(parts[2]), "")])
        if parts[0] == "topic" and (reply := self._say.topic("/".join(parts[1:]), conversation.language)):
            return conversation, (reply,)
        if choice == NONE_OF_THESE:
            return self._nothing(conversation.fresh())
        if len(parts) == 3 and (entry := self.knowledge.entries.get(parts[0])):
            detail = entry.detail(parts[1])
            if detail and (parts[2] == UNKNOWN or detail.option(parts[2])):
                known = conversation.details if conversation.entry_id == entry.id else {}
                return self._go_on(conversation, entry, {**known, detail.id: parts[2]}, conversation.question)
        elif choice in self.knowledge.entries:
            asked = conversation.question if choice in (*conversation.offered, *conversation.also) else ""
            also = conversation.also if choice in conversation.also else ()
            return self._open(conversation, self.knowledge.entries[choice], asked, also)
        elif (entry := self._entry(conversation)) and (owner := self._owner(conversation, entry, choice)):
            return self._go_on(conversation, entry, {**conversation.details, owner.id: choice}, conversation.question)
        elif choice in _PRESSED:
            return self._controlled(conversation, _PRESSED[choice])
        return conversation, (Reply(wording.OLD_CHOICE.of(conversation.language)),)

    def _owner(self, conversation: Conversation, entry: Entry, option: str) -> Detail | None:
        """The detail that a bare option id belongs to: the one asked for before any other."""
        asked = entry.detail(conversation.asking or "")
        for detail in (asked, *(entry.details or ())):
            if detail and (detail.option(option) or (option == UNKNOWN and detail is asked)):
                return detail
        return None

    # ------------------------------------------------------------------ what was said

    def _said(self, conversation: Conversation, text: str, known: Sequence[Language | None]) -> Turn:
        language = detect(text, *known)
        if not normalise(text):
            return conversation, _before(wording.EMPTY.of(conversation.language), self._again(conversation))
        steer = control(text)
        if steer == "distress":
            return conversation, (Reply(wording.DISTRESS.of(language or conversation.language)),)
        if steer not in _STEERING and (turn := self._replied(conversation, text, steer, language)):
            return turn
        if steer in _LANGUAGES:
            chosen = _LANGUAGES[steer] or script(text, *known)
            conversation = conversation.model_copy(update={"language": chosen, "preferred": chosen})
            return conversation, self.repeat(conversation) or (Reply(wording.LANGUAGE_SET.of(chosen)),)
        if steer:
            return self._controlled(conversation, steer)
        if requests := article_requests(text):
            rest = requests[0].rest
            if len(rest) < _ARTICLE_REST or self.understand(rest).decision != "answer":
                return self._articles(conversation, requests, language)
        entry = self._entry(conversation)
        if conversation.phase == "answered" and entry:
            follow_up = self._understanding.follow_up(conversation, entry, text)
            if follow_up is not None:
                moved = conversation.model_copy(update={"aspect": follow_up.aspect or conversation.aspect})
                return self._go_on(moved, entry, follow_up.details, conversation.question, follow_up.reopened)
        return self._question(conversation, text, language)

    def _replied(
        self, conversation: Conversation, text: str, steer: Control | None, language: Language | None
    ) -> Turn | None:
        """A reply to what is open; None where nothing is, or where this is no reply to it."""
        entry = self._entry(conversation)
        detail = entry.detail(conversation.asking or "") if entry else None
        if conversation.phase == "asking" and entry and detail:
            details = self._understanding.reply(entry, detail, conversation.details, text)
            return self._go_on(conversation, entry, details, conversation.question) if details is not None else None
        if conversation.phase != "clarifying":
            return None
        chosen = (
            NONE_OF_THESE if steer in ("none-of-these", "unknown") else self._understanding.offered(conversation, text)
        )
        if chosen == NONE_OF_THESE:
            return self._nothing(conversation.fresh())
        if not chosen:
            return None
        if asks(text):  # a question of its own, which may be in another language
            conversation = conversation.model_copy(update={"language": language or conversation.language})
        return self._open(conversation, self.knowledge.entries[chosen], conversation.question)

    def _question(self, conversation: Conversation, text: str, language: Language | None) -> Turn:
        """A question of its own, or nothing that could be understood."""
        question = self.understand(text)
        open_ = conversation.phase in ("asking", "clarifying")
        if question.decision == "none" or (open_ and question.decision == "clarify" and not asks(text)):
            if open_:  # perhaps not meant for us: what is open stays open
                unclear = wording.NONE if asks(text) else wording.NOT_UNDERSTOOD
                return conversation, _before(unclear.of(conversation.language), self._again(conversation))
            conversation = conversation.model_copy(update={"language": language or conversation.language})
            return self._nothing(conversation, question.candidates)
        conversation = conversation.model_copy(update={"language": language or conversation.language})
        if question.decision == "answer":
            also = tuple(candidate.entry_id for candidate in question.also)
            return self._open(
                conversation, self.knowledge.entries[question.meant[0].entry_id], text, also, question.part
            )
        offered = tuple(candidate.entry_id for candidate in question.meant)
        step = Step(phase="clarifying", offered=offered, aspect=aspect_of(question.part or text), question=text)
        moved = conversation.move(step, keep=conversation.phase != "idle")
        return moved, self._again(moved)

    def _controlled(self, conversation: Conversation, steer: Control) -> Turn:
        open_ = conversation.phase in ("asking", "clarifying")
        said: Text | None = None
        match steer:
            case "cancel":
                said = wording.CANCELLED if open_ else wording.NOTHING_TO_CANCEL
                conversation = conversation.fresh()
            case "start-over":
                said = wording.STARTED_OVER
                conversation = conversation.fresh()
            case "back":
                return self._back(conversation)
            case "repeat" if conversation.phase != "idle":
                return conversation, self.repeat(conversation)
            case "explain" if open_:
                said = wording.EXPLAIN
            case "ok" if open_:
                return conversation, self._again(conversation)
            case "greeting":
                said = wording.GREETING
            case "thanks" | "ok":
                said = wording.THANKS
            case "help":
                said = wording.HELP
        if said is None:  # "I don't know", "none of these", "what?" where nothing was asked
            return self._nothing(conversation)
        return conversation, _before(said.of(conversation.language), self._again(conversation))

    def _back(self, conversation: Conversation) -> Turn:
        if not conversation.past:
            return conversation, _before(wording.NOTHING_BEFORE.of(conversation.language), self._again(conversation))
        *earlier, step = conversation.past
        back = conversation.model_copy(update={"past": tuple(earlier)}).move(step, keep=False)
        if back.phase == "idle":
            return back, (Reply(wording.STARTED_OVER.of(back.language)),)
        return back, self.repeat(back)

    # ------------------------------------------------------------------ moving on

    def _open(
        self, conversation: Conversation, entry: Entry, question: str, also: tuple[str, ...] = (), part: str = ""
    ) -> Turn:
        """Begin with an entry: what the question states is taken from it, the rest is asked for.

        Args:
            also: the entries that the question asks for besides.
            part: the part of it that asks for this one, "" for the whole.
        """
        stated = self.stated(entry.id, question) if question else {}
        aspect = aspect_of(part or question) if question else None
        cleared = conversation.model_copy(update={"aspect": aspect, "also": also})
        if conversation.phase == "answered":
            cleared = cleared.model_copy(update={"past": ()})
        return self._go_on(cleared, entry, stated, question)

    def _go_on(
        self,
        conversation: Conversation,
        entry: Entry,
        details: Mapping[str, str],
        question: str,
        reopened: str | None = None,
    ) -> Turn:
        """Ask for the next detail that changes the answer (`reopened` before any other), or answer."""
        for detail in entry.details or ():
            option = detail.option(details.get(detail.id, ""))
            if option and option.entry:
                other = self.knowledge.entries[option.entry]
                return self._open(conversation, other, question, conversation.also)
        missing = [d for d in entry.details or () if d.id not in details and matters(entry, d, details)]
        missing.sort(key=lambda detail: detail.id != reopened)
        asking = missing[0] if missing else None
        step = Step(
            phase="asking" if asking else "answered",
            entry_id=entry.id,
            details=dict(details),
            asking=asking.id if asking else conversation.asking,
            aspect=conversation.aspect,
            question=question,
            also=tuple(other for other in conversation.also if other != entry.id),
        )
        moved = conversation.move(step, keep=conversation.phase in ("asking", "clarifying", "answered"))
        return (moved, self._again(moved)) if asking else self._present(moved)

    def _present(self, conversation: Conversation) -> Turn:
        return conversation, tuple(self._say.answer(conversation))

    def _nothing(self, conversation: Conversation, candidates: Sequence[Candidate] = ()) -> Turn:
        """Not known; an answer given before is not forgotten over it."""
        near = [candidate.entry_id for candidate in candidates if candidate.confidence >= _NEAR_TOPIC]
        kept = conversation if conversation.phase == "answered" else conversation.fresh()
        return kept, (self._say.nothing(conversation.language, near),)

    def _articles(
        self, conversation: Conversation, requests: Sequence[ArticleRequest], language: Language | None = None
    ) -> Turn:
        said = language or conversation.language
        if conversation.phase == "idle":
            conversation = conversation.model_copy(update={"language": said})
        return conversation, tuple(self._say.article(request, said) for request in requests)

    def _again(self, conversation: Conversation) -> tuple[Reply, ...]:
        return self._say.open_question(conversation)

    def _entry(self, conversation: Conversation) -> Entry | None:
        """The entry in question; None also where the knowledge has lost it since."""
        return self.knowledge.entries.get(conversation.entry_id or "")


def _before(text: str, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """A line, and what is asked again below it, as one message."""
    if not replies:
        return (Reply(text),)
    first, *rest = replies
    return (replace(first, text=f"{text}\n\n{first.text}"), *rest)
