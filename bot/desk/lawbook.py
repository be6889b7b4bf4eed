"""The statutes to read and to search in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers import Quote, quote
from bot.dialogue import article_requests
from bot.knowledge import Entry, Knowledge
from bot.matching import fold

MOST_FOUND = 20
SEARCH_LENGTH = 100


@dataclass(frozen=True)
class Passed:
    """What a search found.

    Attributes:
        quotes: the articles, at most `MOST_FOUND`.
        words: what stands in them.
        more: how many others there are.
    """

    quotes: tuple[Quote, ...]
    words: tuple[str, ...]
    more: int


class LawBook:
    """All articles, in order.

    Args:
        knowledge: holds them.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        found = (
            quote(knowledge, statute.id, article.number)
            for statute in knowledge.statutes.values()
            for article in statute.articles
        )
        self.quotes: tuple[Quote, ...] = tuple(each for each in found if each)
        self._folded = [fold(f"{each.text.zh} {each.text.en}") for each in self.quotes]
        self._citing: dict[tuple[str, int], list[Entry]] = {}
        for entry in knowledge.entries.values():
            for citation in entry.cites:
                entries = self._citing.setdefault((citation.statute, citation.article), [])
                if entry not in entries:
                    entries.append(entry)

    def article(self, statute: str, number: int) -> Quote | None:
        """An article, if it is there."""
        return quote(self._knowledge, statute, number)

    def beside(self, shown: Quote) -> tuple[Quote | None, Quote | None]:
        """The articles before and after one, in its statute."""
        mine = [each for each in self.quotes if each.statute == shown.statute]
        place = next(place for place, each in enumerate(mine) if each.number == shown.number)
        return (mine[place - 1] if place else None, mine[place + 1] if place + 1 < len(mine) else None)

    def citing(self, shown: Quote) -> Sequence[Entry]:
        """The entries that rest on an article."""
        return self._citing.get((shown.statute, shown.number), [])

    def search(self, text: str) -> Passed:
        """The articles that a text names (27, 第二十七条), or that hold all its words, be it in Chinese or in English."""
        said = text.strip()[:SEARCH_LENGTH]
        requests = article_requests(said, bare=True)
        named = [each for request in requests if (each := self.article(request.statute, request.number))]
        if named or not said:
            return Passed(tuple(named), (), 0)
        words = tuple(dict.fromkeys(fold(said).split()))
        found = [
            each for each, folded in zip(self.quotes, self._folded, strict=True) if all(w in folded for w in words)
        ]
        return Passed(tuple(found[:MOST_FOUND]), words, max(0, len(found) - MOST_FOUND))
