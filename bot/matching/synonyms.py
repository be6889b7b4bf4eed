"""Words of one meaning written alike: those of everyday Chinese that belong to no field, and those that a knowledge base brings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from bot.matching.normalise import normalise_all

_CONTRACTIONS = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "n't": " not", "'re": " are", "'ve": " have",
    "'ll": " will", "'d": " would", "'m": " am", "what's": "what is", "how's": "how is", "where's": "where is",
    "it's": "it is", "who's": "who is", "that's": "that is", "there's": "there is",
}  # fmt: skip
_CONTRACTION = re.compile("|".join(sorted(map(re.escape, _CONTRACTIONS), key=len, reverse=True)))


@lru_cache(maxsize=1)
def everyday() -> tuple[tuple[str, ...], ...]:
    """Groups of words that mean the same in any field ("怎么, 如何, 咋"), normalised; the first of each stands for all."""
    lines = Path(__file__).with_name("data").joinpath("everyday.txt").read_text("utf-8").splitlines()
    return tuple(tuple(line.split()) for line in lines if line.strip() and not line.startswith("#"))


class Synonyms:
    """Writes words of one meaning as the first of their group.

    Args:
        groups: words in any written form; the first of each stands for all.
        fallback: groups, normalised, for words that `groups` does not have; where it has the first word of such a group,
            the group follows it.
    """

    def __init__(self, groups: Iterable[Sequence[str]] = (), fallback: Iterable[Sequence[str]] = ()) -> None:
        table: dict[str, str] = {}
        for group in groups:
            head, *others = normalise_all(list(group)) or [""]
            for other in others:
                if other and head:
                    table.setdefault(other, head)
                    table.setdefault(head, head)
        for head, *others in fallback:
            target = table.get(head, head)
            for other in others:
                table.setdefault(other, target)
            table.setdefault(head, target)
        self._table = table

    @cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        return [pattern for latin in (False, True) if (pattern := _pattern(self._table, latin))]

    def apply(self, text: str) -> str:
        """The text with each known word replaced by the first of its group, the longest word first; lines stay lines."""
        for pattern in self._patterns:
            text = pattern.sub(lambda found: self._table[found.group()], text)
        return text

    def canonical_all(self, texts: Sequence[str]) -> list[str]:
        """Many texts normalised, English contractions opened, words of one meaning unified."""
        return self.unify("\n".join(normalise_all(texts))).split("\n") if texts else []

    def unify(self, normalised: str) -> str:
        """The same of what is normalised already."""
        if "'" in normalised or "cannot" in normalised:
            normalised = _CONTRACTION.sub(lambda found: _CONTRACTIONS[found.group()], normalised)
        return self.apply(normalised)


def _pattern(table: Iterable[str], latin: bool) -> re.Pattern[str] | None:
    """One expression for all words in Latin letters, or all others, branching on the first character: it costs little."""
    by_first: defaultdict[str, list[str]] = defaultdict(list)
    for word in table:
        if word[0].isascii() == latin:
            by_first[word[0]].append(word)
    branches = "|".join(
        f"{re.escape(first)}(?:{'|'.join(re.escape(word[1:]) for word in sorted(words, key=lambda w: (-len(w), w)))})"
        for first, words in sorted(by_first.items())
    )
    if not branches:
        return None
    return re.compile(rf"(?<![a-z0-9'])(?:{branches})(?![a-z0-9'])" if latin else branches)
