"""Chinese numerals, as the law counts its articles: 27 and 二十七."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100}
_VALUES = {**{digit: value for value, digit in enumerate(_DIGITS)}, "〇": 0, "两": 2}


def to_chinese(number: int) -> str:
    """The Chinese numeral of 0 to 999; larger numbers stay in digits."""
    if not 0 <= number <= 999:
        return str(number)
    if number < 10:
        return _DIGITS[number]
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (_DIGITS[ones] if ones else "")


def from_chinese(numeral: str) -> int | None:
    """The number of a numeral in digits (of any width) or Chinese up to 999, also read out digit by digit (二七); else None."""
    if numeral.isdecimal():
        return int(numeral) if len(numeral) <= 9 else None
    if not numeral or any(character not in _VALUES and character not in _UNITS for character in numeral):
        return None
    if not any(character in _UNITS for character in numeral):
        return int("".join(str(_VALUES[character]) for character in numeral)) if len(numeral) <= 3 else None
    total, waiting = 0, None
    for character in numeral:
        if character in _UNITS:
            total += (1 if waiting is None else waiting) * _UNITS[character]
            waiting = None
        else:
            waiting = _VALUES[character]
    return total + (waiting or 0)
