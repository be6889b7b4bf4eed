"""Papers as pictures, end to end: a button below an answer brings a photo, in the person's language, also long after."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from telegram import Bot as TelegramBot

from bot import wording
from bot.answers import compose, picture
from bot.channels.telegram.buttons import LIMIT, Buttons, Press, case_of, case_value
from bot.channels.telegram.checklists import Checklists
from bot.channels.telegram.messages import Messages
from bot.channels.telegram.transport import Transport
from bot.knowledge import Detail, Knowledge, Option
from bot.language import Text
from tests.bot_api_double import BotApiDouble, PrivateChat, SentMessage, Upload
from tests.process import TOKEN, Bot
from tests.test_telegram import api, launch

__all__ = ["api", "launch"]

ENTRY = "medical-account-cancel"
CASE = {"insured": "deceased", "outstanding-expenses": "no"}


async def told(api: BotApiDouble, chat: PrivateChat, count: int) -> SentMessage:
    return (await api.wait_for_messages(chat.id, count, timeout=20))[count - 1]


async def answered(api: BotApiDouble, chat: PrivateChat, question: str, option: str) -> SentMessage:
    """The answer for the case CASE."""
    chat.say(question)
    chat.press(await told(api, chat, 1), option)
    return await told(api, chat, 2)


def uploads(api: BotApiDouble) -> list[Upload]:
    return [upload for request in api.calls("sendPhoto") for upload in request.uploads]


def damaged(cache: Path) -> list[Path]:
    """The pictures that are kept, each of them damaged."""
    kept = sorted(cache.glob("checklist-*.png"))
    for path in kept:
        path.write_bytes(path.read_bytes()[:-30] + b"\0" * 30)
    return kept


def size(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


async def test_a_button_brings_the_papers_as_a_picture_once_drawn_and_once_uploaded(
    api: BotApiDouble, launch: Callable[..., Bot], shared_cache: Path, small_folder: Path
) -> None:
    bot = launch()
    chat = api.private_chat(81, language_code="zh-hans")
    answer = await answered(api, chat, "我爸去世了，医保账户怎么注销？", "没有未结清费用")
    query = chat.press(answer, "材料清单图片")
    photo = await told(api, chat, 3)
    assert photo.method == "sendPhoto"
    assert photo.text == "医保账户怎么注销\n您的情况：参保人已去世，没有未结清费用"
    (first,) = uploads(api)
    assert first.field == "photo"
    assert first.content_type == "image/png"
    assert first.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.whole(first.content)
    assert size(first.content)[0] == picture.WIDTH
    assert first.size < 300_000
    assert [call.params["action"] for call in api.calls("sendChatAction")] == ["upload_photo"]
    methods = [request.method for request in api.requests if request.method.startswith(("answerCallback", "sendPhoto"))]
    assert methods[-2:] == ["answerCallbackQuery", "sendPhoto"]
    assert not (await api.wait_for_answer(query)).get("text")

    chat.press(answer, "材料清单图片")
    await told(api, chat, 4)
    assert len(uploads(api)) == 1
    assert str(api.calls("sendPhoto")[-1].params["photo"]).startswith("FILE-")

    other = api.private_chat(82, language_code="en")
    english = await answered(
        api, other, "My father died. How do I cancel his medical insurance account?", "All settled"
    )
    other.press(english, "Papers as a picture")
    assert (await told(api, other, 3)).text.startswith(
        "How to cancel a medical insurance account\nYour case: Deceased;"
    )
    assert len({upload.content for upload in uploads(api)}) == 2

    # After a restart the button of before works, and what is damaged is drawn anew.
    bot.end()
    kept = damaged(shared_cache)
    assert len(kept) == 2
    bot.start()
    chat.press(answer, "材料清单图片")
    await told(api, chat, 5)
    assert [upload.content for upload in uploads(api)][2:] == [first.content]
    assert first.content in {path.read_bytes() for path in kept}

    # Where the knowledge has lost the entry, the button says that it is old.
    bot.end()
    launch(SHEBAO_KNOWLEDGE_DIR=str(small_folder))
    query = chat.press(answer, "材料清单图片")
    assert (await api.wait_for_answer(query, 20))["text"] == wording.OLD_CHOICE.zh
    assert len(chat.messages()) == 5


def test_every_button_of_a_picture_fits_and_is_read_back(knowledge: Knowledge) -> None:
    buttons = Buttons(knowledge)
    for entry in knowledge.entries.values():
        options = [[(detail.id, option.id) for option in detail.options] for detail in entry.details or ()]
        for known in range(len(options) + 1):
            for pairs in itertools.product(*options[:known]):
                data = buttons.write_picture(entry.id, dict(pairs))
                assert len(data.encode()) <= LIMIT
                assert buttons.read(data) == Press("picture", case_value(entry.id, dict(pairs)))


def crowded(knowledge: Knowledge, details: int) -> Knowledge:
    """Knowledge with an entry whose id is as long as may be, and many details."""
    said = Text(zh="标签", en="Label")

    def option(number: int, which: int) -> Option:
        return Option(id=f"a-rather-long-option-{number}-{which}", label=said, phrasings=("说",))

    many = tuple(Detail(id=f"detail-{n}", ask=said, options=(option(n, 1), option(n, 2))) for n in range(details))
    entry = knowledge.entries[ENTRY].model_copy(update={"id": "x" * 48, "details": many})
    return Knowledge((entry,), tuple(knowledge.statutes.values()), tuple(knowledge.sources.values()))


def test_a_case_too_long_for_a_button_is_told_in_short_and_never_in_part_of_a_detail(knowledge: Knowledge) -> None:
    for count in (4, 9):
        buttons = Buttons(crowded(knowledge, count))
        case = {f"detail-{number}": f"a-rather-long-option-{number}-2" for number in range(count)}
        data = buttons.write_picture("x" * 48, case)
        assert len(data.encode()) <= LIMIT
        press = buttons.read(data)
        assert press
        entry, told = case_of(press.value)
        assert entry == "x" * 48
        assert told == dict(list(case.items())[:4])


@pytest.mark.parametrize("data", ["p:", "p:/", "p:gone/", "p:gone/~abc", f"p:{ENTRY}/~ab", f"p:{ENTRY}/~???", f"p:{ENTRY}/insured=gone",
                                  f"p:{ENTRY}/gone=yes", f"p:{ENTRY}/=", f"p:{ENTRY}/insured", "p:pension-amount/"])  # fmt: skip
def test_a_button_that_nobody_understands_brings_nothing(knowledge: Knowledge, data: str) -> None:
    press = Buttons(knowledge).read(data)
    assert press is None or Checklists(lambda: knowledge, Path("font.ttf")).calls(press.value, 1, "zh") == []


def test_without_a_font_no_button_is_offered_and_an_old_one_brings_a_text(knowledge: Knowledge) -> None:
    answer = compose(knowledge, knowledge.entries[ENTRY], CASE)
    buttons = Buttons(knowledge)
    without = Checklists(lambda: knowledge, None)
    assert not without.offered
    assert Messages(buttons, pictures=without.offered).picture_rows(answer, "zh") == []
    ((button,),) = Messages(buttons, pictures=True).picture_rows(answer, "zh")
    press = buttons.read(button["callback_data"])
    assert press
    (call,) = without.calls(press.value, 7, "zh", thread_id=3)
    assert call.method == "sendMessage"
    assert call.parameters["message_thread_id"] == 3
    assert "☐ 医保卡，原件和复印件" in call.parameters["text"]


def test_an_answer_without_papers_has_no_such_button(knowledge: Knowledge) -> None:
    entry = next(entry for entry in knowledge.entries.values() if not entry.materials)
    answer = compose(knowledge, entry, {})
    assert Messages(Buttons(knowledge), pictures=True).picture_rows(answer, "en") == []


async def test_a_font_that_was_taken_away_makes_the_picture_a_text(
    api: BotApiDouble, knowledge: Knowledge, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone = Checklists(lambda: knowledge, tmp_path / "gone.ttf", tmp_path)
    chat = api.private_chat(91)
    async with TelegramBot(TOKEN, f"{api.base_url}/bot", request=Transport(2), get_updates_request=Transport(1)) as bot:
        for call in gone.calls(case_value(ENTRY, CASE), chat.id, "en"):
            await gone.call(bot, call.method, call.parameters, 5)
    (message,) = chat.messages()
    assert message.text.startswith("How to cancel a medical insurance account:\n☐ ")
    assert "could not be drawn" in caplog.text
