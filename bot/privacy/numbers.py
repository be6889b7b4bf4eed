"""Numbers of persons: identity, phone, card and any other long number; and those that a question needs, which stay."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from bot.privacy.marks import Kind, Span

MIN_DIGITS = 7
"""A number of fewer digits tells nobody: years, amounts, hotlines, articles."""

# What people put between the digits of one number: blanks, hyphens, dots, brackets, marks that cannot be seen.
_BETWEEN = r"[\s\-‐-―−－﹣~～._·•．/()（）\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
_NUMBER = re.compile(rf"\+?\d(?:{_BETWEEN}{{0,6}}+\d)*+(?P<check>{_BETWEEN}{{0,6}}+[XxＸｘ])?")
_CHINESE_NUMBER = re.compile(r"[零〇○一二三四五六七八九幺](?:[\s\-—]?[零〇○一二三四五六七八九幺]){6,}+")
_GROUP = re.compile(r"\d+")
_WORD = re.compile(r"\S+")
_COUNTED = frozenset({"1234567", "12345678", "123456789", "1234567890", "0123456789"})
"""What is typed to try the bot out."""

_DATE = re.compile(
    r"(?:19|20)\d\d(?:(?P<by>[-./])(?:0?[1-9]|1[0-2])(?P=by)(?:0?[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))",
    re.ASCII,
)
_MONTHS = re.compile(
    r"(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])\s?[-~—–～]\s?(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])", re.ASCII
)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_HOTLINE = re.compile(r"12\d{3}|9[56]\d{3}|100\d\d|11[0249]|120|122", re.ASCII)
_LONG_HOTLINE = 5
_DECIMAL = re.compile(r"[1-9]\d{0,8}\.\d{1,2}", re.ASCII)
_MONEY_AFTER = re.compile(r"\s?(?:元|块|万|亿|人民币|yuan\b|rmb\b|cny\b)", re.IGNORECASE)
_MONEY_BEFORE = re.compile(r"(?:[¥￥]|rmb|cny)\s?\Z", re.IGNORECASE)
_UNIT_AFTER = re.compile(r"\s?(?:[年月日岁天元块条万%]|个月|years?\b|months?\b|days?\b|yuan\b)")

_MOBILE = re.compile(r"(?:0{0,2}86)?1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(?:0{0,2}86)?0?(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}|(?:400|800)\d{7}", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def spans(text: str) -> Iterator[Span]:
    """Where numbers of persons stand."""
    for found in _NUMBER.finditer(text):
        yield from _in_number(text, found)
    for found in _CHINESE_NUMBER.finditer(text):
        yield Span(found.start(), found.end(), "phone")


def _in_number(text: str, found: re.Match[str]) -> Iterator[Span]:
    """What is to be masked of digits that hang together."""
    groups = [(found.start() + group.start(), found.start() + group.end()) for group in _GROUP.finditer(found.group())]
    digits = "".join(_ascii(text[start:end]) for start, end in groups)
    if len(digits) < MIN_DIGITS:
        return
    start, end = found.start(), groups[-1][1]
    if found.group("check") and len(digits) == 17:
        yield Span(start, found.end(), "identity")
        return
    solid = _ascii(text[groups[0][0] : end])
    if _MONTHS.fullmatch(solid) or all(_is_public(text[slice(*group)]) for group in groups):
        return
    kind = _kind(digits)
    if kind == "number" and (_is_amount(text, groups, solid) or digits in _COUNTED):
        return
    if kind != "number" or solid.isdecimal():
        if not _DATE.fullmatch(solid):
            yield Span(start, end, kind)
        return
    yield from _without_neighbours(text, start, end)


def _without_neighbours(text: str, start: int, end: int) -> Iterator[Span]:
    """A number without the hotlines, dates and amounts that only stand beside it, a blank between."""
    words = [(start + word.start(), start + word.end()) for word in _WORD.finditer(text[start:end])]
    if len(words) > 1 and words[-1][1] - words[-1][0] < 6 and _UNIT_AFTER.match(text, end):
        words.pop()
    first, last = 0, len(words)
    while first < last and _stands_alone(text[slice(*words[first])]):
        first += 1
    while first < last and _stands_alone(text[slice(*words[last - 1])]):
        last -= 1
    digits = "".join(_ascii(c) for left, right in words[first:last] for c in text[left:right] if c.isdecimal())
    if len(digits) >= MIN_DIGITS:
        yield Span(words[first][0], words[last - 1][1], _kind(digits))


def _ascii(said: str) -> str:
    """Digits of any script as 0 to 9, in as many characters."""
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else unicodedata.normalize("NFKC", c)[:1] or c for c in said
    )


def _is_public(said: str) -> bool:
    """Whether this is a hotline or a year."""
    plain = _ascii(said)
    return bool(_HOTLINE.fullmatch(plain) or _YEAR.fullmatch(plain))


def _stands_alone(said: str) -> bool:
    """Whether this is a long hotline, a date or an amount with its decimals: no part of a person's number."""
    plain = _ascii(said)
    return any(pattern.fullmatch(plain) for pattern in (_DATE, _DECIMAL)) or (
        len(plain) == _LONG_HOTLINE and _is_public(plain)
    )


def _is_amount(text: str, groups: list[tuple[int, int]], solid: str) -> bool:
    """Whether the digits are a sum of money: 1000000元, ¥1234567, 1234567.89, 5000-6000元."""
    if _DECIMAL.fullmatch(solid):
        return True
    sizes = [end - start for start, end in groups]
    if solid.startswith("0") or not (
        (sizes == [max(sizes)] and sizes[0] <= 9) or (len(sizes) == 2 and max(sizes) <= 6)
    ):
        return False
    begin, end = groups[0][0], groups[-1][1]
    return bool(_MONEY_AFTER.match(text, end) or _MONEY_BEFORE.search(text[max(0, begin - 4) : begin]))


def _kind(digits: str) -> Kind:
    """What a number is by its form; "number" where that does not tell."""
    if _is_identity(digits):
        return "identity"
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        return "phone"
    if 16 <= len(digits) <= 19 and _luhn(digits):
        return "card"
    return "number"


def _is_identity(digits: str) -> bool:
    """Whether this is an identity number: of 18 digits with its check digit, or one of the old with 15."""
    if len(digits) == 15:
        return _is_birthday("19" + digits[6:12])
    if len(digits) != 18 or not _is_birthday(digits[6:14]):
        return False
    return _CHECKS[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11] == digits[17]


def _is_birthday(said: str) -> bool:
    try:
        return date(int(said[:4]), int(said[4:6]), int(said[6:])).year >= 1850
    except ValueError:
        return False


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
