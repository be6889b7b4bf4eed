"""Where options are named in a text, and whether they are denied there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.knowledge import Detail

# Replies so bare that inside a longer sentence they may belong to anything.
BARE = frozenset(
    "有 有的 没有 没 无 是 是的 不是 否 对 不对 能 不能 会 不会 要 不要 好 行 好的 收 死了 没了 拒绝 个人 单位 公司 其他 别的 都有 都没有 可以 "  # noqa: SIM905
    "yes no y n yeah yep nope none some other both true false sure correct ok".split()
)
# What stands before a phrase and denies it, a few small words between them allowed: "没有完全(结清)", "not all (settled)".
_DENIED_BEFORE = re.compile(
    r"(?:不是|并非|没有|没|未|不|别|非|无|冇|不想|不能|没法|不愿|除了|差点|差一点|打不通|不通|去不了|到不了|来不了|不方便)"
    r"(?:完全|完|全部|全|部|都|再|能|去|来|说|想|要|本人|亲自|给|由|用|走|打|在)?$|"
    r"(?:\bnot|n't|\bnever|\bno|\bwithout|\bcannot|\brefus\w+ to|\bunable to|\bexcept)\s+(?:\w+\s+){0,2}$"
)
# What stands behind a phrase and says that it did not work: "电话(打不通)", "老板(不给办)".
_DENIED_AFTER = re.compile(r"^.{0,2}?(?:打?不通|没人接|坏了|不行|去不了|办不了|不给|不肯|不愿)")
# "Which office?" names none, and denies none.
_ASKED_BEFORE = re.compile(r"(?:哪个|哪家|哪间|哪一个)$")
_BEFORE_LENGTH = 6
_BEFORE_LENGTH_EN = 24


@dataclass(frozen=True)
class Form:
    """A phrasing of an option, folded: with and without its spaces."""

    phrasing: str
    squeezed: str
    option: str


@dataclass(frozen=True)
class Found:
    """An option named in a text.

    Attributes:
        option: its id.
        start, end: where, in the text without spaces.
        denied: whether the text says that it is not so.
    """

    option: str
    start: int
    end: int
    denied: bool


def forms(detail: Detail, fold: Callable[[str], str]) -> list[Form]:
    """The phrasings of a detail's options that may be looked for inside a text, the longest first."""
    pairs = {fold(phrasing): option.id for option in detail.options for phrasing in option.phrasings}
    found = [Form(phrasing, phrasing.replace(" ", ""), option) for phrasing, option in pairs.items()]
    usable = [form for form in found if len(form.squeezed) > 1 and form.phrasing not in BARE]
    return sorted(usable, key=lambda form: -len(form.phrasing))


def find(all_forms: Sequence[Form], plain: str) -> Iterator[Found]:
    """Options named in a folded text: a longer phrasing takes its place before a shorter one is looked for."""
    squeezed = plain.replace(" ", "")
    taken: set[int] = set()
    for form in all_forms:
        if form.squeezed not in squeezed:
            continue
        for start in _places(form, plain, squeezed):
            span = range(start, start + len(form.squeezed))
            if _ASKED_BEFORE.search(squeezed[max(0, start - 3) : start]):
                continue
            if taken.isdisjoint(span) and not _is_a_not_a(form, squeezed, start):
                taken.update(span)
                yield Found(form.option, span.start, span.stop, _denied(form, plain, squeezed, span))


def _places(form: Form, plain: str, squeezed: str) -> Iterator[int]:
    if form.phrasing.isascii():
        for hit in re.finditer(rf"(?<![a-z0-9']){re.escape(form.phrasing)}(?![a-z0-9])", plain):
            yield hit.start() - plain.count(" ", 0, hit.start())
    else:
        start = squeezed.find(form.squeezed)
        while start >= 0:
            yield start
            start = squeezed.find(form.squeezed, start + 1)


def _is_a_not_a(form: Form, squeezed: str, start: int) -> bool:
    """Whether a phrase that begins with 不 or 没 is the second half of a question: 收(不收)."""
    return form.squeezed[0] in "不没" and start > 0 and squeezed[start - 1] == form.squeezed[1]


def _denied(form: Form, plain: str, squeezed: str, span: range) -> bool:
    if not form.phrasing.isascii():
        before = squeezed[max(0, span.start - _BEFORE_LENGTH) : span.start]
        return bool(_DENIED_BEFORE.search(before) or _DENIED_AFTER.search(squeezed[span.stop :]))
    solid = [place for place, character in enumerate(plain) if character != " "]
    place = solid[span.start]
    return bool(_DENIED_BEFORE.search(plain[max(0, place - _BEFORE_LENGTH_EN) : place]))
