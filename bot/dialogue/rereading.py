"""Reading a text again by its parts: several questions in one message, and a long story with its question at the end. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.dialogue.sentences import Part, parts
from bot.dialogue.understanding import Question
from bot.matching import Candidate

Read = Callable[[str], Question]

MOST = 6
"""Of a text that asks more often the last questions are read: a story comes before what it leads to."""
LONG = 80
"""Columns. Of a shorter text only questions are read by themselves, if there are two."""
LIKELY = 0.6
"""From this confidence on a part speaks for an entry, though it would not be answered by itself."""
_OFFERED = 3
_ALSO = 2


def reread(text: str, whole: Question, read: Read) -> Question:
    """What a text asks for, its parts looked at where the whole says too little, or only one thing of several.

    Args:
        text: as written.
        whole: what it asks for as one piece.
        read: what any text asks for as one piece.
    """
    said = parts(text)
    asking = [part for part in said if part.asks][-MOST:]
    alone = {part.text: read(part.text) for part in asking} if len(asking) > 1 else {}
    several = _several(alone, whole)
    if several is not None:
        return several
    if whole.decision == "answer":
        return whole
    long = columns(text) >= LONG
    ends = [end for part in (*asking, *said[-1:]) for end in _ends(part)] if long else alone
    return _agreed({end: alone.get(end) or read(end) for end in ends}, whole)


def _several(alone: Mapping[str, Question], whole: Question) -> Question | None:
    """The first of several questions, the others beside it; None where fewer than two are sure by themselves."""
    sure: dict[str, tuple[Candidate, str]] = {}
    for part, found in alone.items():
        if found.decision == "answer":
            sure.setdefault(found.meant[0].entry_id, (found.meant[0], part))
    if len(sure) < 2:
        return None
    if whole.decision == "answer" and whole.meant[0].entry_id not in sure:
        # Together they ask for something that none of them asks for alone.
        sure = {whole.meant[0].entry_id: (whole.meant[0], ""), **sure}
    (first, part), *others = sure.values()
    also = tuple(candidate for candidate, _ in others[:_ALSO])
    return Question("answer", (first,), _before((first, *also), whole), also, part)


def _ends(part: Part) -> list[str]:
    """A part, and its last clause by itself: a story may be told in one breath."""
    return [part.text, part.clauses[-1].strip()] if len(part.clauses) > 1 else [part.text]


def _agreed(readings: Mapping[str, Question], whole: Question) -> Question:
    """What one part is sure of, if no other speaks for something else; which is meant, if one does; or the whole as it was."""
    best: dict[str, tuple[Candidate, str]] = {}
    for part, found in (("", whole), *readings.items()):
        for candidate in found.meant[:1]:
            if candidate.entry_id not in best or candidate.confidence > best[candidate.entry_id][0].confidence:
                best[candidate.entry_id] = candidate, part
    likely = [each for each in best.values() if each[0].confidence >= LIKELY]
    likely.sort(key=lambda each: -each[0].confidence)
    if not any(part and readings[part].decision == "answer" for _, part in likely):
        return whole
    first = tuple(candidate for candidate, _ in likely)
    if len(first) == 1:
        return Question("answer", first, _before(first, whole), part=likely[0][1])
    offered = {candidate.entry_id: candidate for candidate in (*first, *whole.meant)}
    meant = tuple(offered.values())[:_OFFERED]
    return Question("clarify", meant, _before(meant, whole), part=likely[0][1])


def _before(first: Sequence[Candidate], whole: Question) -> tuple[Candidate, ...]:
    """Candidates, and after them the whole's others, as many in all as it had."""
    named = {candidate.entry_id for candidate in first}
    others = [candidate for candidate in whole.candidates if candidate.entry_id not in named]
    return (*first, *others)[: max(len(whole.candidates), len(first))]


def columns(text: str) -> int:
    """How wide a text is, in columns: a Chinese character takes two."""
    return sum(1 if character.isascii() else 2 for character in text)
