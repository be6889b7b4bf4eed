"""Why a question was matched as it was: what it was read as, the words that matched, and what each feature added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.matching.confidence import NAMES, Weights, features
from bot.matching.scoring import Ranked, scored

_HAN = r"\u3400-\u9fff\uf900-\ufaff"


@dataclass(frozen=True)
class Part:
    """What one feature adds.

    Attributes:
        name: the feature (`confidence.NAMES`).
        value: its value.
        adds: value times coefficient: so much the log-odds grow.
    """

    name: str
    value: float
    adds: float


@dataclass(frozen=True)
class Reason:
    """Why an entry has its confidence.

    Attributes:
        entry_id: the entry; "" for what belongs elsewhere.
        confidence: 0..1; the logistic function of the sum of what its parts add.
        phrasing: its nearest phrasing.
        matched: the words that question and phrasing share, in the question's order.
        covered: share of the question's squared weight that the entry's nearest phrasings have, 0..1.
        parts: what each feature adds, in the model's order.
    """

    entry_id: str
    confidence: float
    phrasing: str
    matched: tuple[str, ...]
    covered: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Explanation:
    """Why a question was matched as it was.

    Attributes:
        question: as asked.
        canonical: as read.
        by_sound: whether it was taken for pinyin and compared by its sounds.
        reasons: for the first entries, best first; what belongs elsewhere is among them.
    """

    question: str
    canonical: str
    by_sound: bool
    reasons: tuple[Reason, ...]


def reasons(
    ranked: Ranked,
    weights: Weights,
    ids: Sequence[str],
    phrasings: Sequence[tuple[str, str]],
    canonical: str,
    *,
    words: re.Pattern[str],
) -> tuple[Reason, ...]:
    """A reason for each ranked entry.

    Args:
        ranked: as `Scorer.rank` gives them.
        weights: the confidence's coefficients.
        ids: entry ids by number.
        phrasings: for each ranked entry its nearest phrasing, as written and canonical.
        canonical: the question as read.
        words: see `tokens`.
    """
    if not len(ranked):
        return ()
    measured = [scored(row) for row in ranked]
    table = features(ranked)
    sums = table @ weights
    return tuple(
        Reason(
            ids[measured[i].entry] if measured[i].entry < len(ids) else "",
            float(1 / (1 + np.exp(-np.clip(sums[i], -30, 30)))),
            phrasings[i][0],
            shared(canonical, phrasings[i][1], words),
            measured[i].covered,
            tuple(
                Part(name, float(value), float(value * weight))
                for name, value, weight in zip(NAMES, table[i], weights, strict=True)
            ),
        )
        for i in np.argsort(-sums, kind="stable").tolist()
    )


def tokens(terms: Iterable[str]) -> re.Pattern[str]:
    """What finds the words of a canonical text: those of the field, Chinese characters, words of other scripts."""
    known = (re.escape(term) for term in sorted(terms, key=lambda term: (-len(term), term)))
    return re.compile("|".join([*known, f"[{_HAN}]", f"[^\\W{_HAN}]+"]))


def shared(question: str, phrasing: str, words: re.Pattern[str]) -> tuple[str, ...]:
    """The longest stretches that two canonical texts share, of whole words and Chinese characters, in order.

    Args:
        question, phrasing: the texts.
        words: see `tokens`.
    """
    import difflib  # with the expressions 8 ms, for which no start has to wait

    ours, theirs = (words.findall(text) for text in (question, phrasing))
    blocks = difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    stretches = (ours[block.a : block.a + block.size] for block in blocks)
    return tuple(("" if re.match(f"[{_HAN}]", stretch[0]) else " ").join(stretch) for stretch in stretches if stretch)
