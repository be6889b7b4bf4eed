"""The languages, texts that exist in all of them, and telling which one a person writes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints

from bot.traditional import to_traditional

Language = Literal["zh", "zh-hant", "en"]
"""What a person may be answered in: Simplified Chinese, Traditional Chinese, English."""
LANGUAGES: tuple[Language, ...] = get_args(Language)
CHINESE: tuple[Language, ...] = ("zh", "zh-hant")
"""Their commas, numerals and order of words are the same."""
Written = Literal["zh", "en"]
"""What texts are written in, by their authors. The Traditional is made of the Simplified."""
WRITTEN: tuple[Written, ...] = get_args(Written)

NonEmpty = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]+")
# Syllables of pinyin; a word is pinyin if it is made of them.
_SYLLABLE = (
    "(?:[bpmfdtnlgkhjqxzcsryw]|[zcs]h)?"
    "(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|an|ao|ei|en|er|ou|ia|ie|in|iu|ua|ue|ui|un|uo|a|e|i|o|u|v)"
)
_PINYIN_WORD = re.compile(f"(?:{_SYLLABLE})+", re.IGNORECASE)
# Words that questions in pinyin are full of, and English has not: "yibao ka diu le zenme ban".
_PINYIN_SIGN = re.compile(
    r"\b(?:yi ?bao|she ?bao|zen ?me|ban ?li|bu ?ban|zhu ?xiao|ting ?bao|shi ?ye|gong ?shang|sheng ?yu|yang ?lao|"
    r"duo ?shao|duo ?jiu|shen ?me|bao ?xiao|tui ?xiu|zhang ?hu|dian ?hua|cai ?liao|na ?li|yi ?liao|gong ?si|ling ?qu)",
    re.IGNORECASE,
)
# The start of a code or a name, in the order in which they are tried.
_NAMES: tuple[tuple[re.Pattern[str], Language], ...] = (
    (re.compile(r"(?:zh-)?(?:hant|tw|hk|mo)\b|繁|正[體体]|traditional"), "zh-hant"),
    (re.compile(r"zh|hans\b|cn\b|[简簡]|simplified"), "zh"),
    (re.compile(r"en|英"), "en"),
)


class Text(BaseModel):
    """A text in both languages.

    Attributes:
        zh: Simplified Chinese.
        en: English.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    zh: NonEmpty
    en: NonEmpty

    def of(self, language: Language) -> str:
        """The text in `language`."""
        if language == "en":
            return self.en
        return self.zh if language == "zh" else to_traditional(self.zh)


class OfficialText(Text):
    """A text whose Chinese is the official wording, character for character: it is never converted."""

    def of(self, language: Language) -> str:
        """The official text, or its English translation."""
        return self.en if language == "en" else self.zh


def written(language: Language) -> Written:
    """The language that `language` is made of, for where only those are spoken."""
    return "en" if language == "en" else "zh"


def named(said: str) -> Language | None:
    """The language that a code ("zh-Hant-HK", "en") or a name (繁體中文, "English") stands for; None where it is none of ours.

    "zh" by itself is the Simplified; 中文 by itself leaves open which.
    """
    plain = said.strip().casefold().replace("_", "-")
    return next((language for name, language in _NAMES if name.match(plain)), None)


def detect(text: str, *known: Language | None) -> Language | None:
    """The language `text` is written in, or None where nothing tells (digits, emoji, nothing).

    One Latin word weighs like one and a half Chinese characters: questions in Chinese often hold a Latin name, and questions
    in English a quoted Chinese term. A text written in pinyin is Chinese.

    Args:
        known: what its writer is known to use, the surest first: decides between the scripts of Chinese where the text does not.
    """
    han = len(_HAN.findall(text))
    words = _LATIN_WORD.findall(text)
    if not han and not words:
        return None
    if not han and _PINYIN_SIGN.search(text):
        pinyin = sum(1 for word in words if _PINYIN_WORD.fullmatch(word))
        return script(text, *known) if pinyin >= 0.75 * len(words) else "en"
    return script(text, *known) if han >= 1.5 * len(words) else "en"


def script(text: str, *known: Language | None) -> Language:
    """Which Chinese `text` is written in; where its characters are those of both, the first that is `known`, else Simplified."""
    simplified, traditional = _only_in_one()
    lead = sum((character in traditional) - (character in simplified) for character in text)
    if lead:
        return "zh-hant" if lead > 0 else "zh"
    return next((language for language in known if language in CHINESE), "zh")


@lru_cache(maxsize=1)
def _only_in_one() -> tuple[frozenset[str], frozenset[str]]:
    """The characters of everyday Simplified and of everyday Traditional texts that the other does not use.

    Each script has a character set of its time: GB 2312, and the first level of Big5.
    """
    gb2312 = _characters("gb2312", range(0xB0, 0xF8), range(0xA1, 0xFF))
    big5 = _characters("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    return gb2312 - big5, (big5 - gb2312) | frozenset("後於徵乾夥")  # which GB 2312 has for old names


def _characters(encoding: str, first: Iterable[int], second: Iterable[int]) -> frozenset[str]:
    pairs = b"".join(bytes(pair) for pair in itertools.product(first, second))
    return frozenset(_HAN.findall(pairs.decode(encoding, "ignore")))
