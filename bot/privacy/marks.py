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
    """A redacted text without the words of its marks: an editor reads them, but they were not said and must ask for nothing."""
    return _MARK.sub(lambda found: MASK * len(found.group()), text)
