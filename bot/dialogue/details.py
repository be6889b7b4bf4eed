"""Details in what people say: options stated in a question, and replies to the question that asks for a detail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from bot.dialogue.options import Form, find, forms
from bot.dialogue.phrases import asks, control, denies, ordinal, unsure
from bot.dialogue.years import years_in
from bot.knowledge import UNKNOWN, Detail, Entry
from bot.matching import normalise, spoken

_DENIAL = 2
"""Characters that a negation takes before the phrase it denies."""
_WRITTEN, _SPOKEN = (0, 1), (2,)
"""Which of a reader's folds serve for a text that is written, and for one that is only spelt by its sound."""
_SHARE_OF_YEARS = 0.3
"""What a number of years makes up of a text, for `Extraction.share`: short to write, but much said."""
_LIKE = 84
"""From this rapidfuzz ratio on a whole reply counts as a misspelt option."""
_YES_WHOLE = frozenset(
    {
        "有",
        "有的",
        "有啊",
        "是",
        "是的",
        "对",
        "对的",
        "嗯",
        "yes",
        "yeah",
        "yep",
        "y",
        "sure",
        "ido",
        "ihave",
        "thereare",
    }
)
_NO_WHOLE = frozenset(
    {
        "没有",
        "没",
        "无",
        "否",
        "不是",
        "没有了",
        "冇",
        "不",
        "no",
        "nope",
        "n",
        "nah",
        "none",
        "idont",
        "therearenone",
        "nothing",
    }
)
_NOTS = ("不是", "并非", "不", "非", "没", "notmy", "notthe", "not")
# Words around a reply that do not change it: "好像没有吧", "I think so".
_HEDGES = (
    "好像", "应该是", "应该", "可能", "大概", "估计", "我觉得", "我想", "其实是", "其实", "那就", "就是", "那", "哦", "嗯", "我是", "他是", "她是", "是", "我", "他", "她",
    "well", "ithink", "iguess", "probably", "maybe", "actually", "sorry", "yes", "its", "itis", "iam", "im",
)  # fmt: skip
_TAILS = ("谢谢", "吧", "了", "的", "啦", "呢", "啊", "哦", "呀", "吧谢谢", "please", "thanks", "ithink", "actually")


@dataclass(frozen=True)
class Extraction:
    """The details that a text states.

    Attributes:
        details: detail id to option id.
        denied: detail id to the options that the text says are not so.
        share: how much of the text the phrases that say so make up, 0..1.
    """

    details: Mapping[str, str]
    denied: Mapping[str, frozenset[str]]
    share: float


class DetailReader:
    """Finds options in texts.

    Args:
        canonical: writes words of one meaning alike (`Matcher.canonical`).
        heard: gives the syllables of a text that was typed in pinyin (`Matcher.heard`).
    """

    def __init__(
        self, canonical: Callable[[str], str] = normalise, heard: Callable[[str], str | None] = lambda _: None
    ) -> None:
        # As written first; with words of one meaning unified only for what that leaves open, since that also blurs.
        self._folds: tuple[Callable[[str], str], ...] = (normalise, canonical, _spoken)
        self._heard = heard
        # By identity, since comparing whole details would cost more than it saves; each is kept, so none is used again.
        self._forms: dict[tuple[int, int], tuple[Detail, list[Form]]] = {}

    def extract(self, entry: Entry, text: str, correcting: bool = False) -> Extraction:
        """The details of an entry that a text states.

        Where a text names two options of one detail it states neither, unless it corrects something: then the last counts.
        What it denies of two options states the other.
        """
        details: dict[str, str] = {}
        denied: dict[str, frozenset[str]] = {}
        share = 0.0
        heard = self._heard(text)
        for number in _WRITTEN if heard is None else _SPOKEN:
            plain = heard or self._folds[number](text)
            covered: set[int] = set()
            for detail in entry.details or ():
                if detail.id in details:
                    continue
                found = list(find(self._forms_of(detail, number), plain))
                stated = [hit for hit in found if not hit.denied]
                refused = frozenset(hit.option for hit in found if hit.denied)
                if refused:
                    denied.setdefault(detail.id, refused)
                if len({hit.option for hit in stated}) == 1 or (stated and correcting):
                    details[detail.id] = max(stated, key=lambda hit: hit.start).option
                elif not stated and len(refused) == 1 and len(detail.options) == 2:
                    details[detail.id] = next(option.id for option in detail.options if option.id not in refused)
                else:
                    continue
                for hit in found:
                    covered.update(range(hit.start - _DENIAL if hit.denied else hit.start, hit.end))
            share = max(share, len(covered) / max(1, len(plain.replace(" ", ""))))
        for detail in entry.details or ():
            if detail.id not in details and (option_id := _by_years(detail, years_in(text))):
                details[detail.id] = option_id
                share = max(share, _SHARE_OF_YEARS)
        return Extraction(details, denied, share)

    def _forms_of(self, detail: Detail, number: int) -> list[Form]:
        key = (id(detail), number)
        if key not in self._forms:
            self._forms[key] = (detail, forms(detail, self._folds[number]))
        return self._forms[key][1]


def _spoken(said: str) -> str:
    """The syllables of a phrasing; nothing for one alone, which too many others sound like."""
    syllables = spoken(normalise(said))
    return syllables if " " in syllables else ""


def read_reply(detail: Detail, text: str) -> str | None:
    """The option that a whole message names when `detail` was asked for: by number, by name, or "unknown"."""
    place = ordinal(text, len(detail.options) + 1)
    if place is not None:
        return detail.options[place].id if place < len(detail.options) else UNKNOWN
    bare = normalise(text)
    if option_id := _by_years(detail, float(bare) if bare.isdecimal() and len(bare) < 3 else years_in(text)):
        return option_id
    whole = _squeezed(text)
    if not whole:
        return None
    sayings = [
        (said, option.id) for option in detail.options for said in (*option.phrasings, option.label.zh, option.label.en)
    ]
    names = {_squeezed(said): option_id for said, option_id in sayings}
    for said in (whole, _without_hedges(whole)):
        if said in names:
            return names[said]
        if {option.id for option in detail.options} == {"yes", "no"}:
            if said in _YES_WHOLE:
                return "yes"
            if said in _NO_WHOLE:
                return "no"
        denied = next(
            (names[said[len(no) :]] for no in _NOTS if said.startswith(no) and said[len(no) :] in names), None
        )
        if denied and len(detail.options) == 2:
            return next(option.id for option in detail.options if option.id != denied)
    if control(text) in {"unknown", "none-of-these"} or (unsure(text) and not asks(text)):
        return UNKNOWN
    return _misspelt(text, sayings)


def _misspelt(text: str, sayings: list[tuple[str, str]]) -> str | None:
    """The option whose name a reply comes close to; one with a negation is close to none without, and the reverse."""
    if asks(text):
        return None
    best, found = 0.0, None
    whole, negative = _squeezed(text), denies(text)
    for said, option_id in sayings:
        form = _squeezed(said)
        if len(form) > 3 and denies(said) == negative:
            likeness = fuzz.ratio(form, whole)
            if likeness > best:
                best, found = likeness, option_id
    return found if best >= _LIKE else None


def _without_hedges(whole: str) -> str:
    changed = True
    while changed and whole:
        changed = False
        for word in _HEDGES:
            if whole.startswith(word) and whole != word:
                whole, changed = whole[len(word) :], True
        for word in _TAILS:
            if whole.endswith(word) and whole != word:
                whole, changed = whole[: -len(word)], True
    return whole


def _by_years(detail: Detail, years: float | None) -> str | None:
    """The option whose span holds so many years."""
    if years is None:
        return None
    return next((option.id for option in detail.options if option.years and option.years.holds(years)), None)


@lru_cache(maxsize=20_000)
def _squeezed(text: str) -> str:
    return normalise(text).replace(" ", "").replace("'", "")
