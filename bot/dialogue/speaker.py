"""What the assistant says: questions for details, choices between entries, answers, articles, "I do not know"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from bot import wording
from bot.answers import Answer, compose, quote
from bot.dialogue.articles import ArticleRequest
from bot.dialogue.conversation import Choice, Conversation, Reply
from bot.dialogue.understanding import NONE_OF_THESE
from bot.knowledge import UNKNOWN, Aspect, Knowledge
from bot.language import CHINESE, Language
from bot.numerals import to_chinese

NEAR_SHOWN = 5
KEPT = 512
"""Answers for a case that are kept."""


class Speaker:
    """Puts into words where a conversation stands.

    Args:
        knowledge: what is known.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        # Most people ask for the same few: what was put together for one serves the next.
        self._composed = lru_cache(maxsize=KEPT)(self._compose)

    def topics(self, language: Language) -> Reply:
        """The insurances that there are entries about, to choose from."""
        there = {entry.topic for entry in self._knowledge.entries.values()}
        choices = [
            Choice(f"topic/{t}", text.of(language), f"topic/{t}") for t, text in wording.TOPIC.items() if t in there
        ]
        return Reply(wording.TOPICS.of(language), tuple(choices))

    def topic(self, name: str, language: Language) -> Reply | None:
        """The entries about one insurance, to choose from; None where there is no such topic."""
        entries = [entry for entry in self._knowledge.entries.values() if entry.topic == name]
        if not entries:
            return None
        text = wording.TOPIC_QUESTIONS.of(language).format(topic=wording.TOPIC[name].of(language))
        return Reply(text, tuple(self._choice(entry.id, language) for entry in entries))

    def answer(self, conversation: Conversation) -> list[Reply]:
        """The answer of the conversation's entry, with its related entries as choices."""
        entry = self._knowledge.entries.get(conversation.entry_id or "")
        if entry is None:  # taken out of the knowledge since
            return [self.nothing(conversation.language)]
        answer = self._composed(entry.id, tuple(sorted(conversation.details.items())), conversation.aspect)
        related = [self._choice(other, conversation.language) for other in entry.see if other not in conversation.also]
        return [Reply(choices=(*self._also(conversation), *related), answer=answer)]

    def so_far(self, conversation: Conversation) -> tuple[Reply, ...]:
        """The answer for the case as far as it is known, the open ones told apart.

        Its choices are what would be asked, and behind that what else the question asks for.
        """
        asked = tuple(choice for reply in self.open_question(conversation) for choice in reply.choices)
        return tuple(
            replace(reply, choices=(*asked, *(each for each in reply.choices if each.id in conversation.also)))
            for reply in self.answer(conversation)
        )

    def _also(self, conversation: Conversation) -> list[Choice]:
        """What the same message asked for besides."""
        form = wording.ALSO_ASKED.of(conversation.language)
        choices = [self._choice(other, conversation.language) for other in conversation.also]
        return [replace(choice, label=form.format(title=choice.label)) for choice in choices]

    def _compose(self, entry_id: str, details: tuple[tuple[str, str], ...], aspect: Aspect | None) -> Answer:
        return compose(self._knowledge, self._knowledge.entries[entry_id], dict(details), aspect)

    def open_question(self, conversation: Conversation) -> tuple[Reply, ...]:
        """What is open, asked (again): a detail, or which entry is meant; empty where nothing is."""
        language = conversation.language
        if conversation.phase == "clarifying":
            none = Choice(NONE_OF_THESE, wording.NONE_OF_THESE.of(language), NONE_OF_THESE)
            choices = [
                self._choice(other, language) for other in conversation.offered if other in self._knowledge.entries
            ]
            return (Reply(wording.CLARIFY.of(language), (*choices, none)),)
        entry = self._knowledge.entries.get(conversation.entry_id or "")
        detail = entry.detail(conversation.asking or "") if entry else None
        if conversation.phase != "asking" or entry is None or detail is None:
            return ()
        options = [Choice(o.id, o.label.of(language), f"{entry.id}/{detail.id}/{o.id}") for o in detail.options]
        unknown = Choice(UNKNOWN, wording.DONT_KNOW.of(language), f"{entry.id}/{detail.id}/{UNKNOWN}")
        ask = detail.ask.of(language)
        if conversation.also:
            title = self._choice(conversation.also[0], language).label
            ask = f"{ask}\n\n{wording.ALSO_LATER.of(language).format(title=title)}"
        return (Reply(ask, (*options, unknown)),)

    def nothing(self, language: Language, near: Sequence[str] = ()) -> Reply:
        """Says honestly that this is not known, what is (the `near` entries first, then one of each topic), whom to call."""
        first_of_topic: dict[str, str] = {}
        for entry in self._knowledge.entries.values():
            first_of_topic.setdefault(entry.topic, entry.id)
        names = list(dict.fromkeys((*near, *first_of_topic.values(), *self._knowledge.entries)))[:NEAR_SHOWN]
        titles = "\n".join("• " + self._knowledge.entries[name].title.of(language) for name in names)
        return Reply(f"{wording.NONE.of(language)}\n\n{wording.NONE_TOPICS.of(language)}\n{titles}")

    def article(self, request: ArticleRequest, language: Language) -> Reply:
        """An article, or that there is none of that number."""
        found = quote(self._knowledge, request.statute, request.number)
        if found is not None:
            return Reply(quote=found)
        statute = self._knowledge.statutes.get(request.statute)
        if statute is None:
            return Reply(wording.OLD_CHOICE.of(language))
        number = to_chinese(request.number) if language in CHINESE else str(request.number)
        if statute.id == "law":
            return Reply(wording.NO_ARTICLE.of(language).format(count=len(statute.articles), number=number))
        known = wording.LIST_COMMA.of(language).join(str(article.number) for article in statute.articles)
        title = statute.title.of(language)
        return Reply(wording.NO_SUMMARY.of(language).format(statute=title, number=number, known=known))

    def _choice(self, entry_id: str, language: Language) -> Choice:
        return Choice(entry_id, self._knowledge.entries[entry_id].title.of(language), entry_id)
