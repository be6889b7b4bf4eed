"""Traditional characters for Simplified Chinese. Only the characters change: the institutions are the mainland's, and so are their words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opencc

KEPT = 4096
"""Converted texts that are kept: more than a whole knowledge base holds."""

# OpenCC takes the longest words it knows, also across the border of two others: "产假|发不发" has 假发, a wig, in it. Each rule
# turns such a word back, unless it stands where social insurance has a use for it.
_MENDED = tuple(
    (re.compile(wrong), right)
    for wrong, right in (
        (r"(?<![公英海鄰鄉故千萬百十])里(?![程弄])", "裡"),  # 公告|里, 工资|里
        (r"(?<![頭理毛白黑染燙脫])髮", "發"),  # 陪产假|发, 补|发|卡
        (r"(?<![標書抽牙中])籤", "簽"),  # 签|协议, 签|合同
        (r"(?<![精細別雅標景])緻(?!密)", "致"),  # 因工|致残
        (r"併發(?!症|病)", "並發"),  # 编号并|发社会保障卡
        (r"不合並(?!且)", "不合併"),
        (r"隻(?=[要是有能用限需看在管])", "只"),
        (r"(?<=[機體編建])製|製(?=度)", "制"),  # 规定|制度
    )
)


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    # Imported here: reading its tables takes a twentieth of a second, and most installations never need them.
    import opencc  # noqa: PLC0415 -- see above

    # The plain standard (s2t) writes 爲, 裏 and 覈, which nobody does every day; s2twp also puts Taiwan's words for the mainland's.
    return opencc.OpenCC("s2tw")


@lru_cache(maxsize=KEPT)
def to_traditional(text: str) -> str:
    """A Simplified text, as long as it was, in Traditional characters in the forms that Taiwan uses."""
    converted: str = _converter().convert(text)
    for wrong, right in _MENDED:
        converted = wrong.sub(right, converted)
    return converted
