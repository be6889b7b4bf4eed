"""What stands in the place of something taken out: as long as it was, and readable where there is room."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["identity", "phone", "card", "number", "email", "name", "address"]

MASK = "＊"
"""One for each UTF-16 unit taken out, so that places in the text, which Telegram counts so, stay where they are."""

_LABELS: dict[Kind, tuple[str, str]] = {
    "identity": ("证件号", "ID number"),
    "phone": ("电话", "phone"),
    "card": ("银行卡号", "bank card"),
    "number": ("号码", "number"),
    "email": ("邮箱", "e-mail"),
    "name": ("姓名", "name"),
    "address": ("地址", "address"),
}
_MARK = re.compile(
    rf"〔(?:{'|'.join(zh for zh, _ in _LABELS.values())}){MASK}+〕|\[(?:{'|'.join(en for _, en in _LABELS.values())}){MASK}+\]"
)
_ANNOUNCED = re.compile(
    r"(?:我叫|姓名|名字|身份证(?:号码?)?|证件号码?|(?:联系)?电话(?:号码)?|手机(?:号码?)?|(?:银行)?卡号|邮箱|家住|住在|住址|地址|"
    rf"\b(?:my|his|her) (?:name|id|phone|mobile|e-?mail|address)(?: number)?)?(?:\s?(?:是|为|is\b|[：:]))?\s?{MASK}+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Span:
    """A place in a text that tells who somebody is.

    Attributes:
        start, end: where.
        kind: what stands there.
    """

    start: int
    end: int
    kind: Kind


def mark(said: str, kind: Kind, chinese: bool) -> str:
    """What to write in the place of `said`."""
    length = sum(2 if character > "\uffff" else 1 for character in said)
    label = _LABELS[kind][0] if chinese else _LABELS[kind][1]
    opening, closing = ("〔", "〕") if chinese else ("[", "]")
    stars = length - len(label) - 2
    return f"{opening}{label}{MASK * stars}{closing}" if stars > 0 else MASK * length


def blank(text: str) -> str:
    """A redacted text without the words of its marks, nor those that announce them ("我叫…", "身份证…").

    An editor reads them, but they ask for nothing, and a question would be less like itself with them.
    """
    return _ANNOUNCED.sub(" ", _MARK.sub(lambda found: MASK * len(found.group()), text))
