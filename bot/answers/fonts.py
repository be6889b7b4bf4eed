"""Which font pictures are written in: the one that is named, or one of Debian's that hold Chinese and Latin characters."""

from __future__ import annotations

from pathlib import Path

from bot.errors import SettingsError

PACKAGE = "fonts-wqy-microhei"
"""What to install where there is none; the smallest of them."""
_DEBIAN = (
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"),
)
"""fonts-droid-fallback is none of them: it has no Latin letters and no digits."""
_NEEDED = "社A1"
_NOBODYS = "\U000f0000"
_SIZE = 32
_SIMPLIFIED = " SC"


def find(named: Path | None = None) -> Path | None:
    """The font's file: the named one, else the first of Debian's that is there; None where there is none.

    Raises:
        SettingsError: where the named file is not there, or is no font with Chinese and Latin characters.
    """
    if named is None:
        return next((path for path in _DEBIAN if path.is_file()), None)
    if not named.is_file():
        raise SettingsError(f"SHEBAO_FONT: there is no file {named}: correct it, or unset it to use one of Debian's")
    try:
        whole = _holds_what_is_needed(named)
    except OSError as error:
        raise SettingsError(f"SHEBAO_FONT: {named} is no font that can be read ({error}): name another file") from None
    if not whole:
        raise SettingsError(
            f"SHEBAO_FONT: {named} has no Chinese or no Latin characters: name another file, or unset it and install {PACKAGE}"
        )
    return named


def face(path: Path) -> int:
    """The number of the face to use in a collection of them: the one for Simplified Chinese, where one is named so.

    Raises:
        OSError: where the file is no font.
    """
    from PIL import ImageFont

    number = 0
    while path.suffix.lower() in {".ttc", ".otc"}:
        try:
            family = ImageFont.truetype(path, _SIZE, index=number).getname()[0] or ""
        except OSError:  # there are no more
            return 0
        if family.endswith(_SIMPLIFIED):
            return number
        number += 1
    return 0


def _holds_what_is_needed(path: Path) -> bool:
    from PIL import ImageFont

    font = ImageFont.truetype(path, _SIZE, index=face(path))
    missing = bytes(font.getmask(_NOBODYS))
    return all(bytes(font.getmask(sign)) != missing for sign in _NEEDED)
