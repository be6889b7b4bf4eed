"""Tables as GitHub shows them, ready to paste."""

from __future__ import annotations

import math
from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures and so on the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def figure(value: float, digits: int = 3) -> str:
    """A number with so many digits behind the point; a dash where there is none."""
    return f"{value:,.{digits}f}" if math.isfinite(value) else "–"
