"""What admins may ask of the bot in their private chats: noted with the update, answered beside it."""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from rapidfuzz import fuzz, utils
from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot import wording
from bot.answers import telegram
from bot.knowledge import Knowledge
from bot.language import LANGUAGES, Language, Text
from bot.serving import RELOAD, Reloaded, Serving
from bot.storage import Backlog, Errand, Outgoing, Period, Statistics, Store, Unanswered, Unit
from bot.storage import backlog as depths
from bot.storage import statistics as figures
from bot.storage import unanswered as not_answered

log = logging.getLogger(__name__)

DAY = 86_400.0
LATEST_DAYS, MOST_DAYS = 7, 365
PERIODS = (wording.STATS_TODAY, wording.STATS_WEEK, wording.STATS_MONTH)
ALIKE = 85.0
"""From this likeness (0 to 100) on, two questions are the same one in other words."""
QUESTION_LENGTH = 120
MOST_MESSAGES = 10
"""Of one answer: files in which nearly every line is wrong are not worth more."""

_BEIJING = timezone(timedelta(hours=8))


async def register(bot: Bot, admins: Sequence[int]) -> None:
    """List the admins' commands in their own chats, beside everybody's; whom Telegram does not know yet goes without."""
    spoken: tuple[tuple[Language, str | None], ...] = (("en", None), ("en", "en"), ("zh", "zh"))
    for admin in admins:
        try:
            for language, code in spoken:
                listed = {**wording.COMMANDS, **wording.ADMIN_COMMANDS}
                commands = [BotCommand(name, text.of(language)) for name, text in listed.items()]
                await bot.set_my_commands(commands, scope=BotCommandScopeChat(admin), language_code=code)
        except TelegramError as error:
            log.info("the commands of one admin could not be listed (%s); they work all the same", error)


async def take(unit: Unit, command: str, argument: str, language: Language) -> Text | None:
    """Note what an admin asks for; returns what to say at once, where it cannot be done."""
    if command == "unanswered":
        days = argument or str(LATEST_DAYS)
        if not (days.isascii() and days.isdecimal() and len(days) < 4 and 1 <= int(days) <= MOST_DAYS):
            return wording.UNANSWERED_DAYS
        argument = days
    else:
        argument = ""
    await unit.note_errand(command, argument, language)
    return None


class Answering:
    """Answers what admins have asked for.

    Args:
        store: what was asked and thought, and the outbox.
        serving: what answers now.
        ready: set when something new is in the outbox.
    """

    def __init__(self, store: Store, serving: Serving, ready: asyncio.Event) -> None:
        self._store, self._serving, self._ready = store, serving, ready

    async def answer(self, errand: Errand, reloaded: Reloaded | None) -> None:
        """Put the answer into the outbox.

        Raises:
            SQLAlchemyError: where the database does not answer.
        """
        language: Language = next((each for each in LANGUAGES if each == errand.language), "zh")
        if errand.command == RELOAD and reloaded:
            texts = telegram.render_text(reloaded_text(reloaded, language))
        elif errand.command == "unanswered":
            days = int(errand.argument)
            async with self._store.looking() as connection:
                found = await not_answered(connection, self._store.now() - days * DAY)
            texts = [unanswered_text(alike(found), days, self._serving.assistant.knowledge, language)]
        else:
            texts = await self._statistics(language)
        chat_id = int(errand.chat.partition(":")[2])
        shown = {"parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
        messages = [Outgoing("sendMessage", {"chat_id": chat_id, "text": text, **shown}) for text in texts]
        await self._store.finish(errand, messages[:MOST_MESSAGES])
        self._ready.set()

    async def _statistics(self, language: Language) -> list[str]:
        now = self._store.now()
        midnight = datetime.fromtimestamp(now, _BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._store.looking() as connection:
            found = await figures(connection, [midnight.timestamp(), now - 7 * DAY, now - 30 * DAY])
        waiting = await depths(self._store.engine)
        knowledge, uptime = self._serving.assistant.knowledge, self._serving.uptime
        return telegram.pack(statistics_blocks(found, waiting, knowledge, uptime, language))


def reloaded_text(reloaded: Reloaded, language: Language) -> str:
    """What became of a reload."""
    before, after = reloaded.before, reloaded.after
    if reloaded.problems:
        said = wording.RELOAD_REFUSED.of(language).format(count=len(reloaded.problems), revision=before.revision)
        return "\n".join([said, *(f"• {problem}" for problem in reloaded.problems)])
    if reloaded.failure:
        return wording.RELOAD_FAILED.of(language).format(reason=reloaded.failure, revision=before.revision)
    said = (wording.RELOAD_UNCHANGED if before == after else wording.RELOADED).of(language)
    return said.format(
        before=before.revision, after=after.revision, entries_before=before.entries, entries=after.entries
    )


def statistics_blocks(
    found: Statistics, waiting: Backlog, knowledge: Knowledge, uptime: float, language: Language
) -> list[telegram.Block]:
    """The figures as the parts of a message."""
    blocks = [
        _block(name.of(language), _period(period, language))
        for name, period in zip(PERIODS, found.periods, strict=True)
    ]
    if found.asked:
        count = wording.STATS_COUNT.of(language)
        most = [
            f"{place}. " + count.format(title=_title(entry_id, knowledge, language), count=number)
            for place, (entry_id, number) in enumerate(found.asked, 1)
        ]
        blocks.append(_block(wording.STATS_ASKED.of(language), most))
    minutes = int(uptime // 60)
    bot = [
        wording.STATS_QUEUES.of(language).format(
            inbox=waiting.inbox_waiting,
            aside=waiting.inbox_failed,
            outbox=waiting.outbox_waiting,
            refused=waiting.outbox_failed,
        ),
        wording.KNOWLEDGE_HELD.of(language).format(entries=len(knowledge.entries), revision=knowledge.revision),
        wording.STATS_UPTIME.of(language).format(days=minutes // 1440, hours=minutes // 60 % 24, minutes=minutes % 60),
    ]
    return [*blocks, _block(wording.STATS_BOT.of(language), bot)]


def _period(period: Period, language: Language) -> list[str]:
    lines = [
        wording.STATS_QUESTIONS.of(language).format(
            total=period.total,
            answered=period.answered,
            asking=period.asking,
            clarify=period.clarify,
            none=period.none,
        ),
        f"👍 {period.up}  👎 {period.down}",
    ]
    if period.share is not None:
        lines.insert(1, wording.STATS_SHARE.of(language).format(share=round(period.share * 100)))
    return lines


def alike(found: Sequence[Unanswered]) -> list[tuple[Unanswered, int]]:
    """The newest of each kind of question, with how many there are of it; they come and go the newest first."""
    kept: list[tuple[Unanswered, str, int]] = []
    for each in found:
        folded = "".join(utils.default_process(each.text).split())
        for place, (other, text, count) in enumerate(kept):
            if other.verdict == each.verdict and fuzz.ratio(text, folded, score_cutoff=ALIKE):
                kept[place] = (other, text, count + 1)
                break
        else:
            kept.append((each, folded, 1))
    return [(each, count) for each, _, count in kept]


def unanswered_text(
    found: Sequence[tuple[Unanswered, int]], days: int, knowledge: Knowledge, language: Language
) -> str:
    """One message of HTML, with as many of the questions as it holds."""
    if not found:
        return html.escape(wording.UNANSWERED_NO.of(language).format(days=days), quote=False)
    lines = [telegram.Line(wording.UNANSWERED.of(language).format(days=days), "b")]
    room = telegram.LIMIT - telegram.length(lines[0].text) - 100  # for the last line, of how many others there are
    for place, (each, count) in enumerate(found):
        line = telegram.Line(_said(each, count, knowledge, language))
        room -= telegram.length(line.text) + 1
        if room < 0:
            lines.append(telegram.Line(wording.UNANSWERED_MORE.of(language).format(count=len(found) - place), "i"))
            break
        lines.append(line)
    return telegram.Block(tuple(lines)).html


def _said(each: Unanswered, count: int, knowledge: Knowledge, language: Language) -> str:
    at = datetime.fromtimestamp(each.asked_at, UTC).astimezone(_BEIJING)
    times = f" ×{count}" if count > 1 else ""
    said = f"• {at:%m-%d %H:%M} {wording.VERDICTS[each.verdict].of(language)}{times}"
    said = wording.IF.of(language).format(label=said) + _short(each.text)
    if each.entry_id:
        said += f" → {_title(each.entry_id, knowledge, language)}"
    return f"{said} ({_short(each.note)})" if each.note else said


def _short(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= QUESTION_LENGTH else said[: QUESTION_LENGTH - 1] + "…"


def _title(entry_id: str, knowledge: Knowledge, language: Language) -> str:
    entry = knowledge.entries.get(entry_id)
    return entry.title.of(language) if entry else entry_id  # taken out of the knowledge since


def _block(heading: str, lines: Sequence[str]) -> telegram.Block:
    parts = [line for each in lines for line in each.splitlines()]
    return telegram.Block((telegram.Line(heading, "b"), *map(telegram.Line, parts)))
