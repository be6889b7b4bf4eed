"""From candidates to what to do with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bot.matching.matcher import Candidate

Decision = Literal["answer", "clarify", "none"]

ANSWER_AT = 0.75
"""From this confidence on a question is answered at once (`SHEBAO_ANSWER_AT`)."""
CLARIFY_AT = 0.2
"""From this confidence on an entry is offered as what could be meant (`SHEBAO_CLARIFY_AT`)."""
OFFERED = 3
"""At most so many entries are offered."""


def decide(
    candidates: Sequence[Candidate], answer_at: float = ANSWER_AT, clarify_at: float = CLARIFY_AT
) -> tuple[Decision, tuple[Candidate, ...]]:
    """What to do with candidates, and those that it concerns.

    Returns:
        "answer" with the best one, "clarify" with two or three that could be meant, or "none" with nothing.
    """
    if not candidates or candidates[0].confidence < clarify_at:
        return "none", ()
    best = candidates[0]
    if best.confidence >= answer_at:
        return "answer", (best,)
    # The best alone is no choice: the next one is offered beside it although it is less likely.
    close = [c for i, c in enumerate(candidates) if i < 2 or c.confidence >= clarify_at]
    return "clarify", tuple(close[:OFFERED])
