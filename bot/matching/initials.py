"""Half-typed questions: found by how phrasings begin, in either language, in pinyin cut off anywhere, or by pinyin initials."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from bot.matching.normalise import normalise, normalise_all
from bot.matching.pinyin import FIRST, LAST, names, spoken, syllables

LONGEST = 60
"""Characters of what is typed; whoever has typed more has said enough to be understood otherwise."""
_INITIALS = re.compile(r"[a-z]{2,20}")
_CHINESE = re.compile(f"[{chr(FIRST)}-{chr(LAST)}]")
_LATIN = re.compile(r"[a-z]+")
_INSIDE = 3
"""With fewer letters only beginnings are looked at: anywhere they would be found everywhere."""


@dataclass(frozen=True)
class Beginning:
    """An entry whose question may have been begun.

    Attributes:
        entry_id: its id.
        chinese: whether the phrasing is Chinese.
        at_start: whether it begins so; else it holds it later on.
    """

    entry_id: str
    chinese: bool
    at_start: bool = True


class Beginnings:
    """Phrasings by their sound and by their initials, to be searched by what has been typed so far.

    Args:
        phrasings: entry id to the ways of asking for it, in both languages.
    """

    def __init__(self, phrasings: Mapping[str, Sequence[str]]) -> None:
        owners = [entry_id for entry_id, texts in phrasings.items() for _ in texts]
        written = normalise_all([*chain.from_iterable(phrasings.values())])
        chinese = [bool(_CHINESE.search(line)) for line in written]
        said = _spoken_all(written)
        self._owners, self._chinese = owners, chinese
        self._sounds = _Lines([(number, f" {line} ") for number, line in enumerate(said)])
        self._initials = _Lines(
            [
                (number, "".join(word[0] for word in said[number].split()))
                for number in range(len(said))
                if chinese[number]
            ]
        )
        self._words = frozenset(
            word for line, is_chinese in zip(written, chinese, strict=True) if not is_chinese for word in line.split()
        )

    def find(self, text: str, limit: int = 10) -> list[Beginning]:
        """The entries whose phrasings begin as `text` does, then those that hold it later on; of each kind the shortest first."""
        typed = normalise(text[:LONGEST])
        if not typed:
            return []
        best: dict[str, tuple[bool, int, int]] = {}
        for lines, query in self._queries(typed):
            inside = len(query.strip()) >= _INSIDE
            for number, at_start, length in lines.find(query, inside):
                rank = (not at_start, length, number)
                owner = self._owners[number]
                best[owner] = min(best.get(owner, rank), rank)
        ordered = sorted(best.items(), key=lambda each: each[1])
        return [Beginning(owner, self._chinese[rank[2]], not rank[0]) for owner, rank in ordered[:limit]]

    def _queries(self, typed: str) -> Iterator[tuple[_Lines, str]]:
        """What to look for, and where."""
        end = " " if _CHINESE.match(typed[-1]) else ""
        as_written = f" {spoken(typed)}{end}"
        yield self._sounds, as_written
        if not _LATIN.search(typed):
            return
        words = as_written.split()
        # A word of ours may be made of syllables, and pinyin may be quoted among English words: "can", "yibao".
        for known in (self._words, frozenset[str]()):
            heard = [word if word in known else _cut(word, place == len(words) - 1) for place, word in enumerate(words)]
            if all(heard):
                yield self._sounds, f" {' '.join(filter(None, heard))}{end}"
        squeezed = typed.replace(" ", "")
        if _INITIALS.fullmatch(squeezed) and squeezed not in self._words and syllables(squeezed) is None:
            yield self._initials, squeezed


class _Lines:
    """Lines that can be searched together.

    Args:
        lines: number and text.
    """

    def __init__(self, lines: Sequence[tuple[int, str]]) -> None:
        self._text = "\n" + "".join(f"{line}\n" for _, line in lines)
        self._numbers = [number for number, _ in lines]
        self._starts: list[int] = []
        start = 1
        for _, line in lines:
            self._starts.append(start)
            start += len(line) + 1

    def find(self, said: str, inside: bool) -> Iterator[tuple[int, bool, int]]:
        """The lines that hold a text: the number, whether it begins so, its length.

        Args:
            inside: look beyond the beginnings.
        """
        wanted, shift = (said, 0) if inside else (f"\n{said}", 1)
        place = self._text.find(wanted)
        while place >= 0:
            line = bisect_right(self._starts, place + shift) - 1
            end = self._text.index("\n", place + shift)
            yield self._numbers[line], place + shift == self._starts[line], end - self._starts[line]
            place = self._text.find(wanted, end)


def _spoken_all(lines: Sequence[str]) -> list[str]:
    """`spoken` of many normalised lines, each character looked up once."""
    joined = "\n".join(lines)
    sounds = {ord(character): f" {spoken(character)} " for character in set(joined) if _CHINESE.match(character)}
    return [" ".join(line.split()) for line in joined.translate(sounds).split("\n")]


@lru_cache(maxsize=1)
def _openings() -> frozenset[str]:
    """Every beginning of a syllable."""
    return frozenset(name[:end] for name in names() for end in range(1, len(name) + 1))


def _cut(word: str, last: bool) -> str | None:
    """A word in syllables, the last of which may be half-typed at the end of a text; None where it is no pinyin."""
    if not _LATIN.fullmatch(word):
        return word
    if whole := syllables(word):
        return " ".join(whole)
    for end in range(len(word) - 1, max(0, len(word) - 6), -1) if last else ():
        if word[end:] in _openings() and (way := syllables(word[:end])):
            return " ".join((*way, word[end:]))
    return word if last and word in _openings() else None
