"""Requests for an article of the law: "社保法第27条说的什么", "article 58", "law 27"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.matching import normalise
from bot.numerals import from_chinese

_NUMERAL = r"[0-9]{1,4}|[零〇一二两三四五六七八九十百]{1,6}"
_ZH = re.compile(rf"([\u4e00-\u9fff]*(?:法|条例|办法|宪法|规定))?\s*(?:的)?第?\s*({_NUMERAL})\s*条")
_EN = re.compile(
    r"\b(?:articles?|art|law|section)\s*(?:no|number)?\s*([0-9]{1,4})\b|^(?:law|法|社保法|社会保险法)\s*("
    + _NUMERAL
    + ")$"
)
_OTHER_LAW = re.compile(r"\b(?!insurance\b|the\b|this\b|that\b|same\b|social\b)(\w+)\s+(?:law|act|code|regulations?)\b")
_HANDLING = re.compile(r"\b(?:handling|regulations? on (?:the )?handling)\b")
_FILLER = re.compile(
    r"请问|麻烦|说的?是?什么|讲的?是?什么|是什么|什么内容|内容|规定了?|怎么(?:说|讲|规定)的?|原文|条文|全文|给我|看看|看一下|看下|查一?下?|发一?下|我想|想|"
    r"什么|啥|的|了|吗|呢|\b(?:what|does|do|say|says|show|me|the|of|social|insurance|law|is|in|please|text|read|about|tell|give|full)\b|\s"
)


@dataclass(frozen=True)
class ArticleRequest:
    """An article asked for.

    Attributes:
        statute: "law" or "handling".
        number: of the article, perhaps one that does not exist.
        rest: what the message says besides, squeezed.
    """

    statute: str
    number: int
    rest: str


def article_request(text: str) -> ArticleRequest | None:
    """The article that a message asks for; None where it asks for none, or names another law."""
    plain = normalise(text)
    found = _ZH.search(plain)
    if found:
        name = found.group(1) or ""
        number = from_chinese(found.group(2))
        if not found.group(1) and "第" not in found.group() and plain != found.group():
            return None  # "3条建议": no article
        statute = _statute(name)
    else:
        found = _EN.search(plain)
        if not found or (
            _OTHER_LAW.search(plain[: found.start()] + plain[found.end() :]) and not _HANDLING.search(plain)
        ):
            return None
        number = from_chinese(found.group(1) or found.group(2))
        statute = "handling" if _HANDLING.search(plain) else "law"
    if statute is None or number is None:
        return None
    return ArticleRequest(statute, number, _FILLER.sub("", plain[: found.start()] + " " + plain[found.end() :]))


def _statute(name: str) -> str | None:
    """Which of our statutes a Chinese name means; None for another one."""
    if not name or name.endswith(("社会保险法", "社保法", "本法", "这部法", "该法", "条法")):
        return "law"
    if name.endswith("经办条例"):
        return "handling"
    return None
