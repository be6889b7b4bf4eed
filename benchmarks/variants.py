"""The same questions, written another way: Traditional characters, slips of the keyboard, and homophones.

Every change is drawn from a generator that is seeded with the text itself, so that it is the same in every run and for
every engine.
"""

from __future__ import annotations

import importlib.util
import random
import string
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import jieba
import opencc

from benchmarks.datasets import HAN, Language

PER_EDIT = 8
"""One character in so many is changed, and one at least."""
COMMON = 2500
"""So many characters are common: those of the first list of the 1988 table of commonly used characters are 2,500 too."""

Variant = Callable[[str], str]


def variants(language: Language) -> dict[str, Variant]:
    """The variants of a language by the name that tables give them."""
    if language == "en":
        return {"letter slips": slips}
    found: dict[str, Variant] = {"Traditional": traditional, "typing slips": slips}
    if has_pinyin():
        found["homophones"] = homophones
    return found


def has_pinyin() -> bool:
    """Whether pypinyin, which knows how characters are read, is installed."""
    return importlib.util.find_spec("pypinyin") is not None


def traditional(text: str) -> str:
    """The text in Traditional characters (OpenCC's s2t)."""
    return str(_to_traditional().convert(text))


def slips(text: str) -> str:
    """The text with typing slips: characters dropped, swapped with a neighbour, doubled, or replaced by another one.

    What replaces a Chinese character is another common one; a letter or digit, another letter.
    """
    chance = random.Random(text)
    characters = list(text)
    # From the end on, so that what has been dropped or doubled moves none of the places to come.
    for i in sorted(_places(chance, [i for i, c in enumerate(characters) if c.isalnum()], len(text)), reverse=True):
        _slip(chance, characters, i)
    return "".join(characters)


def homophones(text: str) -> str:
    """The text with Chinese characters replaced by other common ones of the same pinyin, tones aside."""
    chance = random.Random(text)
    characters = list(text)
    chosen = [i for i, c in enumerate(characters) if HAN.match(c) and _others(c)]
    for i in sorted(_places(chance, chosen, len(text))):
        characters[i] = chance.choice(_others(characters[i]))
    return "".join(characters)


def _places(chance: random.Random, possible: list[int], length: int) -> list[int]:
    return chance.sample(possible, min(len(possible), max(1, length // PER_EDIT)))


def _slip(chance: random.Random, characters: list[str], i: int) -> None:
    kind = chance.choice(("drop", "swap", "double", "replace"))
    here = characters[i]
    # A text of one character has nothing to swap with and nothing left when it is dropped; a swap of two equal ones is none.
    beside = i + 1 if i + 1 < len(characters) else i - 1
    if len(characters) == 1 or (kind == "swap" and characters[beside] == here):
        kind = "replace"
    if kind == "drop":
        del characters[i]
    elif kind == "swap":
        characters[i], characters[beside] = characters[beside], here
    elif kind == "double":
        characters.insert(i, here)
    else:
        pool = common_characters() if HAN.match(here) else tuple(string.ascii_lowercase)
        characters[i] = chance.choice([c for c in pool if c != here.lower()])


@lru_cache(maxsize=1)
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


@lru_cache(maxsize=1)
def common_characters() -> tuple[str, ...]:
    """The most frequent Chinese characters, by the frequencies of the words of jieba's dictionary, most frequent first."""
    counts: Counter[str] = Counter()
    with Path(jieba.__file__).with_name("dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, frequency, _ = line.split(" ", 2)
            for character in word:
                if HAN.match(character):
                    counts[character] += int(frequency)
    return tuple(character for character, _ in counts.most_common(COMMON))


@lru_cache(maxsize=1)
def _by_sound() -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for character in common_characters():
        found[_sound(character)].append(character)
    return dict(found)


def _others(character: str) -> list[str]:
    return [other for other in _by_sound().get(_sound(character), []) if other != character]


@lru_cache(maxsize=10_000)
def _sound(character: str) -> str:
    from pypinyin import lazy_pinyin  # of the `bench` extra

    return str(lazy_pinyin(character)[0])
