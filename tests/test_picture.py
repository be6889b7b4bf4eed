"""The picture of an answer's papers: lines broken as they are read, within Telegram's limits, whole or known not to be."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.answers import Answer, Line, Section, compose, fonts, picture
from bot.answers.wrapping import NEVER_FIRST, NEVER_LAST, wrap
from bot.doctor import examine, render
from bot.errors import SettingsError
from bot.knowledge import Knowledge
from bot.language import LANGUAGES, Text

ENTRY = "medical-account-cancel"


def columns(text: str) -> float:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


@pytest.fixture
def font() -> Path:
    found = fonts.find()
    assert found, f"a Chinese font is needed for pictures of papers: apt-get install {fonts.PACKAGE}"
    return found


@pytest.fixture
def answer(knowledge: Knowledge) -> Answer:
    return compose(knowledge, knowledge.entries[ENTRY], {"insured": "deceased"})


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("参保人的有效身份证件，原件和复印件", 20, ["参保人的有效身份证", "件，原件和复印件"]),
        ("一二三四五，六", 10, ["一二三四", "五，六"]),
        ("一二三四（五六）七", 10, ["一二三四", "（五六）七"]),
        ("一二三四五六", 10, ["一二三四", "五六"]),
        ("请打12333咨询", 8, ["请打", "12333", "咨询"]),
        ("original and copy", 12, ["original and", "copy"]),
        ("the card “A b” (if any), too", 12, ["the card “A", "b” (if any),", "too"]),
        ("一行\n两行", 10, ["一行", "两行"]),
        ("", 10, []),
        ("   ", 10, []),
    ],
)
def test_lines_are_broken_as_a_reader_expects(text: str, width: float, lines: list[str]) -> None:
    assert wrap(text, width, columns) == lines


@given(
    st.text(st.sampled_from("医保卡，。、（）《》“”—…：；！？ab1., ()!-'’ \n\u3000"), max_size=60), st.integers(4, 30)
)
@example("（（（（（（一", 6)
@settings(deadline=None)
def test_no_character_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(line == line.strip() and 0 < columns(line) <= width for line in lines)


@given(
    st.lists(
        st.sampled_from(["（医保）", "《法》，", "卡", "证。", "“社”：", "原件（一）和", "A4纸", "100%，"]),
        max_size=30,
    ),
    st.integers(20, 40),
)
@settings(deadline=None)
def test_no_line_begins_with_a_full_stop_or_ends_with_an_opening_bracket(parts: list[str], width: int) -> None:
    lines = wrap("".join(parts), width, columns)
    assert all(line[0] not in NEVER_FIRST for line in lines)
    assert all(line[-1] not in NEVER_LAST for line in lines)


def test_every_list_of_papers_is_drawn_within_telegrams_limits(knowledge: Knowledge, font: Path) -> None:
    there = [entry for entry in knowledge.entries.values() if entry.materials]
    assert len(there) > 30
    for entry in there:
        whole = compose(knowledge, entry, {})
        assert picture.drawable(whole)
        for language in LANGUAGES:
            height = picture.height(whole, language, font)
            assert picture.LEAST_HEIGHT <= height <= picture.MOST_HEIGHT
            assert picture.WIDTH + height <= 10_000


def test_a_picture_is_grey_small_and_fit_to_print(answer: Answer, font: Path) -> None:
    for language in LANGUAGES:
        png = picture.draw(answer, language, font)
        assert picture.whole(png)
        assert len(png) < 300_000
        with Image.open(io.BytesIO(png)) as image:
            assert (image.mode, image.width) == ("L", picture.WIDTH)
            assert image.height == picture.height(answer, language, font)
            assert round(image.info["dpi"][0]) == picture.DPI
            dark = image.point([255 if grey < 128 else 0 for grey in range(256)]).getbbox()
            assert dark
            assert dark[0] >= 80
            assert dark[2] <= picture.WIDTH - 80
            assert dark[3] <= image.height - 60


def papers(answer: Answer, count: int, text: str) -> Answer:
    line = Line(Text(zh=text, en=text))
    return replace(answer, sections=(Section("materials", (line,) * count),))


def test_the_longest_list_that_is_drawn_fits_and_a_longer_one_is_not_drawn(answer: Answer, font: Path) -> None:
    for text in ("证" * 400, "证", "W" * 300, "long words " * 40):
        most = next(count for count in range(1, 200) if not picture.drawable(papers(answer, count, text))) - 1
        for language in LANGUAGES:
            assert picture.height(papers(answer, most, text), language, font) < picture.MOST_HEIGHT
            long = replace(papers(answer, 1, text), title=Text(zh=text * 5, en=text * 5), sources=(answer.title,) * 60)
            assert not picture.drawable(long) or picture.height(long, language, font) < picture.MOST_HEIGHT
    assert not picture.drawable(replace(answer, sections=()))


def test_a_list_a_little_longer_than_a_page_is_written_smaller(answer: Answer, font: Path) -> None:
    heights = [picture.height(papers(answer, count, "身份证"), "zh", font) for count in range(1, 20)]
    assert heights == sorted(heights, key=lambda height: height > picture.PAGE_HEIGHT)
    assert max(height for height in heights if height <= picture.PAGE_HEIGHT) > picture.PAGE_HEIGHT - 90
    assert max(heights) > picture.PAGE_HEIGHT + 200


def test_damage_of_any_byte_is_seen(answer: Answer, font: Path) -> None:
    png = picture.draw(answer, "zh", font)
    assert picture.whole(png)
    for place in [*range(64), *range(64, len(png), 997), *range(len(png) - 24, len(png))]:
        assert not picture.whole(png[:place])
        assert not picture.whole(png[:place] + bytes([png[place] ^ 1]) + png[place + 1 :])
    assert not picture.whole(png + b"x")


def test_a_font_that_is_named_must_be_there_and_hold_chinese(font: Path, tmp_path: Path) -> None:
    assert fonts.find(font) == font
    with pytest.raises(SettingsError, match=r"SHEBAO_FONT: there is no file .*gone"):
        fonts.find(tmp_path / "gone.ttf")
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    with pytest.raises(SettingsError, match="is no font that can be read"):
        fonts.find(broken)
    latin = next(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"), None)
    if latin:
        with pytest.raises(SettingsError, match="has no Chinese or no Latin characters"):
            fonts.find(latin)


async def test_doctor_says_which_font_there_is_or_what_to_install(
    monkeypatch: pytest.MonkeyPatch, font: Path, tmp_path: Path
) -> None:
    assert f"✓ Pictures: lists of papers are written in {font.name}" in render(await examine(), "en")
    monkeypatch.setenv("SHEBAO_FONT", str(tmp_path / "gone.ttf"))
    assert "✗ 清单图片：SHEBAO_FONT: there is no file" in render(await examine(), "zh")
    monkeypatch.delenv("SHEBAO_FONT")
    monkeypatch.setattr(fonts, "_DEBIAN", ())
    assert "! 清单图片：没有中文字体" in render(await examine(), "zh")
