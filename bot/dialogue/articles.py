"""Requests for articles of the law: "社保法第27条说的什么", "article 58", "law 27", "第二十七条和第五十八条"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.matching import fold
from bot.numerals import from_chinese

_NUMERAL = r"[0-9]{1,4}|[零〇一二两三四五六七八九十百]{1,6}"
_NUMBERS = rf"(?:{_NUMERAL})(?:\s*[、,，和与及至到-]\s*(?:{_NUMERAL})){{0,19}}"
_HAN = r"\u4e00-\u9fff"
_IN_NUMERAL = "第零〇一二两三四五六七八九十百"
# "第27条", "第27、28条", "第二十七条和第五十八条". What stands before is looked at from here backwards: looked for from every
# place on, it would cost the square of the text's length.
_ZH = re.compile(rf"(?:(?P<first>第)\s*)?(?P<numbers>{_NUMBERS})\s*条(?!件|款|例|龙|心|路|信|微|消|短)")
_IS_HAN = re.compile(f"[{_HAN}]")
_SPLIT = re.compile(r"[、,，和与及]")
_WHOLE_ZH = re.compile(rf"(?:看|看看|查)?\s*(?:{_NUMERAL})\s*条(?:的?(?:内容|原文|全文|条文))?")
_EN = re.compile(
    r"(?:\barticles?|\bart\.?|\bsections?|^law|§)\s*(?:no\.?|number)?\s*(?P<numbers>[0-9]{1,4}(?:\s*(?:,|and|&)\s*[0-9]{1,4})*)"
    r"(?!\s*(?:days?|weeks?|months?|years?|times|hours?|of my\b|[0-9]))|\bthe (?P<ordinal>[0-9]{1,3})(?:st|nd|rd|th) article"
)
_BARE_ZH = re.compile(rf"^(?:法|社保法|社会保险法)\s*(?P<numbers>{_NUMERAL})$")
# Names of other texts: their articles are not ours.
_OURS = ("社会保险法", "社保法", "本法", "这部法", "该法")
_HANDLING_ZH = ("经办条例",)
_TEXTS_ZH = re.compile(
    r"(?:法|法典|典|条例|办法|宪法|规定|合同|协议|细则|解释|文件|修正案|章程|规章|通知|意见|公约|制度)$"
)
_TEXTS_EN = re.compile(
    r"\b(?!insurance\b|social\b|the\b|this\b|that\b|same\b)(\w+)\s+(?:law|act|code|contract|treaty)\b|\b(?:constitution|contract|gdpr|treaty|civil code|read an)\b"
)
_HANDLING_EN = re.compile(r"\b(?:handling|regulations?)\b")
_FILLER = re.compile(
    r"请问|麻烦|说的?是?什么|讲的?是?什么|是什么|什么内容|内容|规定了?|怎么(?:说|讲|规定)的?|原文|条文|全文|给我|看看|看一下|看下|查一?下?|发一?下?|我想|想|"
    r"什么|啥|的|了|吗|呢|\b(?:what|does|do|say|says|show|me|the|of|social|insurance|law|is|in|please|text|read|about|tell|give|full)\b|\W"
)
_MOST = 5


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


def article_requests(text: str, *, bare: bool = False) -> list[ArticleRequest]:
    """The articles that a message asks for, at most five; none where it asks for none, or names another law.

    Args:
        text: the message.
        bare: whether nothing else can be meant: then a number by itself is an article too ("27", "58条和27条").
    """
    plain = fold(text).strip()
    if bare and re.fullmatch(_NUMBERS, plain):
        plain = f"第{plain}条"
    found = [*_chinese(plain, bare)] if "条" in plain else [*_english(plain)]
    rest = plain
    for _, _, said in found:
        rest = rest.replace(said, " ", 1)
    unique = dict.fromkeys((statute, number) for statute, number, _ in found)
    return [ArticleRequest(statute, number, _FILLER.sub("", rest)) for statute, number in unique][:_MOST]


def _chinese(plain: str, bare: bool) -> list[tuple[str, int, str]]:
    found: list[tuple[str, int, str]] = []
    done = 0
    for hit in _ZH.finditer(plain):
        begin, name = _name_before(plain, done, hit.start())
        done = hit.end()
        statute = _statute(name, found[-1][0] if found else "law")
        if (
            not bare
            and not hit.group("first")
            and not name.endswith((*_OURS, *_HANDLING_ZH))
            and not _WHOLE_ZH.fullmatch(plain)
        ):
            continue  # "3条建议": no article
        if statute is None:
            return []
        for numeral in _SPLIT.split(hit.group("numbers")):
            number = from_chinese(numeral.strip())
            if number is not None:
                found.append((statute, number, plain[begin:done]))
    return found


def _name_before(plain: str, start: int, end: int) -> tuple[int, str]:
    """Where the name begins that ends at `end`, not before `start`; and the name, without the bracket that closes it."""
    before = plain[start:end]
    if before.endswith("的") and not before[:-1].endswith(tuple(_IN_NUMERAL)) and not _IS_HAN.match(before[-2:-1]):
        before = before[:-1]
    before = before.rstrip("》〉 \n\t\r\f\v")
    begin = len(before)
    while begin and before[begin - 1] not in _IN_NUMERAL and _IS_HAN.match(before[begin - 1]):
        begin -= 1
    return start + begin, before[begin:]


def _english(plain: str) -> list[tuple[str, int, str]]:
    found: list[tuple[str, int, str]] = []
    if _TEXTS_EN.search(plain):
        return found
    statute = "handling" if _HANDLING_EN.search(plain) else "law"
    hits = [*_EN.finditer(plain)] or [*_BARE_ZH.finditer(plain)]
    for hit in hits:
        groups = hit.groupdict()
        for numeral in re.split(r",|and|&", groups.get("numbers") or groups.get("ordinal") or ""):
            number = from_chinese(numeral.strip())
            if number is not None:
                found.append((statute, number, hit.group()))
    return found


def _statute(name: str, default: str) -> str | None:
    """Which of our statutes a Chinese name means; None for another one."""
    name = name.removesuffix("的")
    if name.endswith(_HANDLING_ZH):
        return "handling"
    if not name or name.endswith(_OURS) or not _TEXTS_ZH.search(name):
        return default
    return None
