"""The two languages, texts that exist in both, and telling which one a person writes."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

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
        return self.zh if language == "zh" else self.en


def detect(text: str) -> Language | None:
    """The language `text` is written in, or None where nothing tells (digits, emoji, nothing).

    One Latin word weighs like one and a half Chinese characters: questions in Chinese often hold a Latin name, and questions
    in English a quoted Chinese term. A text written in pinyin is Chinese.
    """
    han = len(_HAN.findall(text))
    words = _LATIN_WORD.findall(text)
    if not han and not words:
        return None
    if not han and _PINYIN_SIGN.search(text):
        pinyin = sum(1 for word in words if _PINYIN_WORD.fullmatch(word))
        return "zh" if pinyin >= 0.75 * len(words) else "en"
    return "zh" if han >= 1.5 * len(words) else "en"
