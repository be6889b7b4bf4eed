"""Details in what people say: options named in a question, and replies to the question that asks for a detail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from bot.dialogue.phrases import control, ordinal
from bot.dialogue.years import years_in
from bot.knowledge import UNKNOWN, Detail, Entry
from bot.matching import normalise

# Replies so bare that inside a longer sentence they may belong to anything.
_BARE = frozenset(
    [
        "有",
        "有的",
        "没有",
        "没",
        "无",
        "是",
        "是的",
        "不是",
        "否",
        "对",
        "不对",
        "能",
        "不能",
        "会",
        "不会",
        "要",
        "不要",
        "好",
        "行",
        "好的",
        "个人",
        "单位",
        "公司",
        "其他",
        "别的",
        "都有",
        "都没有",
        "yes",
        "no",
        "y",
        "n",
        "yeah",
        "yep",
        "nope",
        "none",
        "some",
        "other",
        "both",
        "true",
        "false",
        "sure",
        "correct",
        "ok",
    ]
)
_NEGATION = re.compile(
    r"(?:哪个|哪家|不是|并非|没有|没|未|不|别|非|无|\bnot|\bn't|\bnever|\bno|\bwithout|\bisn't|\bwasn't|\bhasn't|\bhaven't|\bdidn't)\s*(?:been|be|yet|is|a|the)?\s*$"
)
_SHARE_OF_YEARS = 0.3
"""What a number of years makes up of a text, for `Extraction.share`: short to write, but much said."""
_LIKE = 84
"""From this rapidfuzz ratio on a whole reply counts as a misspelt option."""


@dataclass(frozen=True)
class Found:
    """An option found in a text.

    Attributes:
        option: its id.
        start, end: where, in the squeezed text.
    """

    option: str
    start: int
    end: int


@dataclass(frozen=True)
class Extraction:
    """The details that a text states.

    Attributes:
        details: detail id to option id.
        share: how much of the text the phrases that say so make up, 0..1.
    """

    details: Mapping[str, str]
    share: float


class DetailReader:
    """Finds options in texts.

    Args:
        canonical: writes words of one meaning alike (`Matcher.canonical`).
    """

    def __init__(self, canonical: Callable[[str], str] = normalise) -> None:
        # As written first; with words of one meaning unified only for what that leaves open, since that also blurs.
        self._folds = (normalise, canonical) if canonical is not normalise else (normalise,)
        # By identity, since comparing whole details would cost more than it saves; each is kept, so no identity is reused.
        self._forms: dict[tuple[int, int], tuple[Detail, list[_Form]]] = {}

    def extract(self, entry: Entry, text: str, correcting: bool = False) -> Extraction:
        """The details of an entry that a text states.

        Where a text names two options of one detail it states neither, unless it corrects something: then the last counts.
        """
        details: dict[str, str] = {}
        share = 0.0
        for number, fold in enumerate(self._folds):
            plain = fold(text)
            squeezed = plain.replace(" ", "")
            covered: set[int] = set()
            for detail in entry.details or ():
                if detail.id in details:
                    continue
                found = list(_find(self._forms_of(detail, number), plain, squeezed))
                options = {hit.option for hit in found}
                if len(options) == 1 or (options and correcting):
                    details[detail.id] = max(found, key=lambda hit: hit.start).option
                    for hit in found:
                        covered.update(range(hit.start, hit.end))
            share = max(share, len(covered) / len(squeezed) if squeezed else 0.0)
        for detail in entry.details or ():
            if detail.id not in details and (option_id := _by_years(detail, years_in(text))):
                details[detail.id] = option_id
                share = max(share, _SHARE_OF_YEARS)
        return Extraction(details, share)

    def _forms_of(self, detail: Detail, number: int) -> list[_Form]:
        key = (id(detail), number)
        if key not in self._forms:
            fold = self._folds[number]
            pairs = {fold(phrasing): option.id for option in detail.options for phrasing in option.phrasings}
            forms = [_Form(phrasing, phrasing.replace(" ", ""), option) for phrasing, option in pairs.items()]
            usable = [form for form in forms if len(form.squeezed) >= 2 and form.phrasing not in _BARE]
            self._forms[key] = (detail, sorted(usable, key=lambda form: -len(form.phrasing)))
        return self._forms[key][1]


@dataclass(frozen=True)
class _Form:
    """A phrasing of an option, folded; with and without its spaces."""

    phrasing: str
    squeezed: str
    option: str


def read_reply(detail: Detail, text: str) -> str | None:
    """The option that a whole message names when `detail` was asked for: by number, by name, or "unknown"."""
    place = ordinal(text, len(detail.options) + 1)
    if place is not None:
        return detail.options[place].id if place < len(detail.options) else UNKNOWN
    bare = normalise(text)
    if option_id := _by_years(detail, float(bare) if bare.isdecimal() and len(bare) < 3 else years_in(text)):
        return option_id
    whole = normalise(text).replace(" ", "")
    if not whole:
        return None
    best, option_id = 0.0, None
    for option in detail.options:
        for said in (*option.phrasings, option.label.zh, option.label.en):
            form = _squeezed(said)
            likeness = 100.0 if form == whole else fuzz.ratio(form, whole) if len(form) > 3 else 0.0
            if likeness > best:
                best, option_id = likeness, option.id
    if best >= _LIKE:
        return option_id
    return UNKNOWN if control(text) == "unknown" else None


def _find(forms: Sequence[_Form], plain: str, squeezed: str) -> Iterator[Found]:
    """Options named inside a text: the longest phrasing takes its place, and what is denied does not count."""
    taken: set[int] = set()
    for form in forms:
        if form.squeezed not in squeezed:
            continue
        for start in _places(form, plain, squeezed):
            span = range(start, start + len(form.squeezed))
            if taken.isdisjoint(span):
                taken.update(span)
                if not _NEGATION.search(_before(form.squeezed, plain, squeezed, start)):
                    yield Found(form.option, span.start, span.stop)


def _places(form: _Form, plain: str, squeezed: str) -> Iterator[int]:
    if form.phrasing.isascii():
        for hit in re.finditer(rf"(?<![a-z0-9']){re.escape(form.phrasing)}(?![a-z0-9])", plain):
            yield hit.start() - plain.count(" ", 0, hit.start())
    else:
        start = squeezed.find(form.squeezed)
        while start >= 0:
            yield start
            start = squeezed.find(form.squeezed, start + 1)


def _by_years(detail: Detail, years: float | None) -> str | None:
    """The option whose span holds so many years."""
    if years is None:
        return None
    return next((option.id for option in detail.options if option.years and option.years.holds(years)), None)


@lru_cache(maxsize=20_000)
def _squeezed(phrasing: str) -> str:
    return normalise(phrasing).replace(" ", "")


def _before(form: str, plain: str, squeezed: str, start: int) -> str:
    """The few characters before a place in the squeezed text, with their spaces where the text is not Chinese."""
    if form.isascii():
        solid = [place for place, character in enumerate(plain) if character != " "]
        return plain[max(0, solid[start] - 12) : solid[start]]
    return squeezed[max(0, start - 3) : start]
