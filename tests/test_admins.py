"""What admins may do in their private chats: read figures and what was not answered, load the knowledge anew while people ask."""

from __future__ import annotations

import asyncio
import html
import itertools
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot import wording
from bot.answers import telegram
from bot.answers.telegram import LIMIT, length
from bot.channels.telegram.admins import MOST_MESSAGES, alike, reloaded_text, unanswered_text
from bot.errors import Problem, SettingsError
from bot.knowledge import Knowledge, load
from bot.serving import Edition, Reloaded
from bot.settings import read
from bot.storage import Outgoing, Pace, Period, Question, Received, Store, Unanswered, migrate, statistics, unanswered
from tests.bot_api_double import BotApiDouble, PrivateChat, SentMessage
from tests.conftest import ROOT, SMALL
from tests.fleet import Fleet
from tests.postgres import Postgres
from tests.process import Bot, free_port
from tests.test_telegram import api, launch

__all__ = ["api", "launch"]

DAY = 86_400.0
ADMIN_COMMANDS = ("/stats", "/unanswered", "/reload")
NEW_ENTRY = """\
- id: card-colour
  title: {zh: 卡是什么颜色, en: Which colour the card has}
  summary: {zh: 蓝色。, en: Blue.}
  script: {zh: 是蓝色的。, en: It is blue.}
  phrasings:
    zh: [卡是什么颜色的, 新卡啥颜色]
    en: [which colour is the card, colour of the card]
  cites:
    - {article: 1, why: {zh: 规定颜色。, en: It names the colour.}}
  sources: [doc.txt]
"""

people = itertools.count(70_000)


class Asker:
    """Somebody who writes and waits for the reply."""

    def __init__(self, api: BotApiDouble, language: str = "zh-hans") -> None:
        self._api = api
        self.chat: PrivateChat = api.private_chat(next(people), first_name="张三", language_code=language)
        self.told = 0

    async def ask(self, text: str) -> SentMessage:
        self.chat.say(text)
        return await self.next()

    async def press(self, message: SentMessage, label: str) -> SentMessage:
        self.chat.press(message, label)
        return await self.next()

    async def next(self) -> SentMessage:
        self.told += 1
        return (await self._api.wait_for_messages(self.chat.id, self.told, timeout=30))[self.told - 1]


def write(folder: Path, faq: str) -> None:
    (folder / "faq.yaml").write_text(faq, encoding="utf-8")


async def test_admins_read_figures_and_reload_and_for_others_there_are_no_such_commands(
    api: BotApiDouble, launch: Callable[..., Bot], small_folder: Path
) -> None:
    admin, other, member = Asker(api), Asker(api, "en"), Asker(api)
    port, desk = free_port(), f"127.0.0.1:{free_port()}"
    bot = launch(
        SHEBAO_ADMINS=f"{admin.chat.id}, {other.chat.id},999",  # the last one has never written to the bot
        SHEBAO_KNOWLEDGE_DIR=str(small_folder),
        SHEBAO_HTTP_LISTEN=f"127.0.0.1:{port}",
        SHEBAO_DESK_LISTEN=desk,
    )
    for command in ADMIN_COMMANDS:
        assert (await member.ask(command)).text == wording.UNKNOWN_COMMAND.zh
    await api.wait_until(lambda: "commands of one admin could not be listed" in bot.log, timeout=10)
    for call in api.calls("setMyCommands"):
        names = {command["command"] for command in call.params["commands"]}
        assert names.issuperset(wording.ADMIN_COMMANDS) == ("chat_id" in call.params.get("scope", {})), call.params
    assert {call.params["scope"]["chat_id"] for call in api.calls("setMyCommands") if "chat_id" in call.params.get("scope", {})} == {
        admin.chat.id, other.chat.id, 999
    }  # fmt: skip

    # What was asked.
    assert (await admin.ask("/unanswered")).text == wording.UNANSWERED_NO.zh.format(days=7)
    for days in ("0", "366", "many"):
        assert (await admin.ask(f"/unanswered {days}")).text == wording.UNANSWERED_DAYS.zh
    for unknown in ("明天<b>下雨</b>&刮风吗", "明天<b>下雨</b>&刮风吗？"):
        assert (await member.ask(unknown)).text.startswith(wording.NONE.zh)
    question = await member.ask("卡丢了怎么办")
    answer = await member.press(question, "本人")
    member.chat.press(answer, "👎 没用")
    await api.wait_until(lambda: not api.unanswered(), timeout=10)
    listed = await admin.ask("/unanswered 30")
    lines = listed.text.splitlines()
    assert lines[0] == wording.UNANSWERED.zh.format(days=30)
    assert re.fullmatch(r"• \d\d-\d\d \d\d:\d\d 👎 没用：卡丢了怎么办 → 卡丢了怎么办", lines[1])
    assert re.fullmatch(r"• \d\d-\d\d \d\d:\d\d 没有答上来 ×2：明天<b>下雨</b>&刮风吗？", lines[2])
    assert len(lines) == 3
    figures = (await admin.ask("/stats")).text
    week = figures.split(wording.STATS_WEEK.zh)[1].split(wording.STATS_MONTH.zh)[0].strip().splitlines()
    assert week == [
        "提问 4：回答 1，追问情况 1，请用户挑选 0，答不上来 2",
        "答得上来的占 33%（不算追问和挑选）",
        "👍 0  👎 1",
    ]
    assert "1. 卡丢了怎么办（1）" in figures
    assert "收件箱：待处理 0，搁置 0" in figures
    assert "本进程已运行 0 天 0 小时" in figures
    assert "2 entries, revision" in (await other.ask("/stats")).text

    # What is known.
    revision = load(small_folder).revision
    write(
        small_folder, SMALL["faq.yaml"].replace("phrasings:", "phrasing:", 1).replace("see: [card-use]", "see: [<b>]")
    )
    refused = (await admin.ask("/reload")).text
    assert f"仍按版本 {revision} 回答" in refused
    assert "• faq.yaml:5: `[1].phrasing` is not a key that is known here, did you mean `phrasings`?" in refused
    assert re.search(r"^• faq.yaml:\d+: .*<b>", refused, re.MULTILINE)
    assert all(line.startswith("• faq.yaml:") for line in refused.splitlines()[1:]), refused
    assert (await member.ask("卡丢了怎么办")).text == question.text
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://{desk}/entry/card-colour")).status_code == 404
        write(small_folder, SMALL["faq.yaml"] + NEW_ENTRY)
        reloaded = load(small_folder).revision
        said = (await other.ask("/reload")).text
        assert said == wording.RELOADED.en.format(before=revision, after=reloaded, entries_before=2, entries=3)
        assert (await member.ask("新卡啥颜色")).text.startswith("卡是什么颜色\n蓝色。")
        assert "蓝色" in (await client.get(f"http://{desk}/entry/card-colour", headers={"accept-language": "zh"})).text
        metrics = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
        assert f'shebao_knowledge_info{{entries="3",revision="{reloaded}"}} 1.0' in metrics
    assert (await admin.ask("/reload")).text == wording.RELOAD_UNCHANGED.zh.format(after=reloaded, entries=3)
    assert admin.told == len(admin.chat.messages())


async def test_questions_asked_during_a_reload_are_all_answered(
    api: BotApiDouble, launch: Callable[..., Bot], tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    shutil.copytree(ROOT / "knowledge", folder)
    admin, members = Asker(api), [Asker(api) for _ in range(8)]
    bot = launch(
        SHEBAO_ADMINS=str(admin.chat.id),
        SHEBAO_KNOWLEDGE_DIR=str(folder),
        SHEBAO_SEND_PER_SECOND="0",
        SHEBAO_LOG_LEVEL="DEBUG",
    )
    await members[0].ask("第1条")
    faq = (folder / "faq.yaml").read_text("utf-8")
    write(folder, faq + "# edited\n")
    reloading = asyncio.create_task(admin.ask("/reload"))
    rounds = 0
    while not reloading.done():
        replies = await asyncio.gather(*(member.ask("第二十七条") for member in members))
        assert all("参加职工基本医疗保险的个人" in reply.text for reply in replies)
        rounds += 1
    assert wording.RELOADED.zh.split("{")[0] in (await reloading).text
    assert rounds > 1
    assert [len(member.chat.messages()) for member in members] == [member.told for member in members]
    assert "the knowledge is reloaded" in bot.log


async def test_a_reload_reaches_every_replica_and_the_desk_beside_them_and_is_answered_once(
    api: BotApiDouble, launch: Callable[..., Bot], postgres: Postgres, tmp_path: Path, small_folder: Path
) -> None:
    url = postgres.database()
    await migrate(url)
    admin, members = Asker(api), [Asker(api) for _ in range(4)]
    settings = {"SHEBAO_ADMINS": str(admin.chat.id), "SHEBAO_KNOWLEDGE_DIR": str(small_folder)}
    desk = launch(**settings, TELEGRAM_BOT_TOKEN="", SHEBAO_DATABASE_URL=url, SHEBAO_DESK_LISTEN="127.0.0.1:0")
    async with Fleet(api, tmp_path, "webhook, two replicas", url, **settings) as fleet:
        await fleet.serving()
        await api.wait_until(lambda: "http://127.0.0.1" in desk.log, timeout=20)
        everywhere = [*fleet.bots, desk]
        write(small_folder, SMALL["faq.yaml"].replace("script:", "scrip:", 1))
        assert "faq.yaml:4: " in (await admin.ask("/reload")).text
        await api.wait_until(lambda: all("is not reloaded" in bot.log for bot in everywhere), timeout=10)
        write(small_folder, SMALL["faq.yaml"] + NEW_ENTRY)
        assert wording.RELOADED.zh.split("{")[0] in (await admin.ask("/reload")).text
        await api.wait_until(lambda: all("is reloaded" in bot.log for bot in everywhere), timeout=10)
        for reply in await asyncio.gather(*(member.ask("新卡啥颜色") for member in members)):
            assert reply.text.startswith("卡是什么颜色\n蓝色。")
        assert admin.told == len(admin.chat.messages()) == 2
        await fleet.end()


async def ask(
    store: Store, days: float, outcome: str, entry: str | None = None, verdict: str = "", text: str = "x"
) -> None:
    """A question of so many days ago."""
    update = Received(next(people), "telegram:1", {}, store.now() - days * DAY)
    await store.receive([update])
    async with store.claim() as batch, store.handling(batch) as (unit,):
        number = await unit.record(Question(text, "zh", outcome, entry, {}))
        if verdict:
            await unit.judge(number, verdict)


async def test_figures_count_each_period_and_take_no_report_of_the_desk_for_a_question(database: str) -> None:
    await migrate(database)
    store = await Store.open(database)
    now = store.now()
    async with store.looking() as connection:
        nothing = await statistics(connection, [now - DAY])
    assert (nothing.periods[0].total, nothing.periods[0].share, nothing.asked) == (0, None, [])
    await ask(store, 40, "answered", "old", "up")
    await ask(store, 20, "none", text="先问的")
    await ask(store, 3, "answered", "b", "up")
    await ask(store, 2, "answered", "a", "down", text="没用的")
    await ask(store, 0.5, "asking", "a")
    await ask(store, 0.4, "answered", "a")
    await ask(store, 0.3, "clarify")
    await ask(store, 0.2, "none", text="后问的")
    await store.report(Question("坐席问的", "zh", "none", None, {}), "none", "新政策", "12345678")
    await store.report(Question("坐席说错的", "zh", "answered", "b", {}), "bad", "", "12345678")
    async with store.looking() as connection:
        found = await statistics(connection, [now - DAY, now - 7 * DAY, now - 30 * DAY], most=1)
        bad = await unanswered(connection, now - 30 * DAY)
        latest = await unanswered(connection, now - DAY, most=1)
    await store.close()
    assert found.periods == [Period(1, 1, 1, 1, 0, 0), Period(3, 1, 1, 1, 1, 1), Period(3, 1, 1, 2, 1, 1)]
    assert [period.share for period in found.periods] == [0.5, 0.75, 0.6]
    assert found.asked == [("a", 2)]
    assert [(each.text, each.verdict, each.note) for each in bad] == [
        ("坐席说错的", "bad", ""),
        ("坐席问的", "none", "新政策"),
        ("后问的", "none", ""),
        ("没用的", "down", ""),
        ("先问的", "none", ""),
    ]
    assert [each.text for each in latest] == ["坐席说错的", "坐席问的"]


async def test_what_an_admin_asked_for_is_kept_for_an_hour_or_until_it_is_to_be_forgotten(database: str) -> None:
    await migrate(database)
    store = await Store.open(database)
    now = store.now()
    for number, (chat, at) in enumerate((("telegram:1", now), ("telegram:2", now - 3599), ("telegram:2", now - 3601))):
        await store.receive([Received(number, chat, {}, at)])
        async with store.claim() as batch, store.handling(batch) as (unit,):
            await unit.note_errand("reload", "", "zh")
    await store.prune()
    assert [(each.update_id, each.mine) for each in await store.errands()] == [(0, True), (1, True)]
    await store.finish((await store.errands())[0], [Outgoing("sendMessage", {})])
    assert [each.mine for each in await store.errands()] == [False, True]
    assert [each.update_id for each in await store.turn([], 9, Pace())] == [0]
    await store.receive([Received(7, "telegram:2", {}, now)])
    async with store.claim() as batch, store.handling(batch) as (unit,):
        await unit.forget(2)
    assert [each.chat for each in await store.errands()] == ["telegram:1"]
    await store.close()


def test_what_was_not_answered_fits_one_message_and_is_no_markup(knowledge: Knowledge) -> None:
    texts = [f"<b>{chr(0x4E00 + 7 * n) * 12}</b> & {chr(0x5E00 + 5 * n) * 130} 😀" for n in range(300)]
    found = alike([Unanswered(1000.0 - n, text, "none", note="<i>" * 50) for n, text in enumerate(texts)])
    assert len(found) == len(texts)
    said = unanswered_text(found, 7, knowledge, "zh")
    shown = html.unescape(re.sub(r"</?[bi]>", "", said))
    assert LIMIT - 400 < length(shown) <= LIMIT
    listed = shown.count("\n• ")
    assert wording.UNANSWERED_MORE.zh.format(count=len(texts) - listed) in shown
    assert said.count("<") == 4, "the heading's and the last line's"


def test_questions_in_other_words_are_counted_once(knowledge: Knowledge) -> None:
    said = ["怎么 领 失业金？", "社保卡丢了", "怎么领失业金", "怎么领失业金呀", "社保卡丢了！"]
    found = alike([Unanswered(100.0 - n, text, "none") for n, text in enumerate(said)])
    assert [(each.text, count) for each, count in found] == [("怎么 领 失业金？", 3), ("社保卡丢了", 2)]


def test_a_refusal_of_many_mistakes_is_sent_as_a_few_messages(knowledge: Knowledge) -> None:
    edition = Edition.of(knowledge)
    problems = tuple(Problem("faq.yaml", n, "`x` is <b>: correct it") for n in range(1, 400))
    texts = telegram.render_text(reloaded_text(Reloaded(edition, edition, problems), "zh"))
    assert 2 < len(texts) < MOST_MESSAGES
    assert all(f"faq.yaml:{n}: `x` is &lt;b&gt;" in "\n".join(texts) for n in range(1, 400))


@pytest.mark.parametrize("listed", ["12,x", "@somebody", "-100123", "0", "1.5", "１２", "1" * 17])
def test_what_is_no_user_number_is_said(listed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEBAO_ADMINS", listed)
    with pytest.raises(SettingsError, match=r"SHEBAO_ADMINS holds .* which is no Telegram user number"):
        read()
