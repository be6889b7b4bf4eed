"""A conversation with the real bot, drawn as phones show it: docs/telegram.png. Used by benchmarks.pictures.

Nothing in it is written for the picture: the bot runs as a process of its own and talks to the Bot API's double, and the page
shows its messages' HTML and keyboards as they were sent.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser

from tests.bot_api_double import BotApiDouble, PrivateChat, SentMessage, Upload
from tests.process import TOKEN, Bot

QUESTION = "我爸走了 医保账户怎么注销"
OPTION = "没有未结清费用"
PICTURE = "材料清单图片"
ARTICLE = "第五十八条"
NAME = "社保医保问答"
SCALE = 1.5
CLOCK = "9:41"

_THUMB = (
    '<svg viewBox="0 0 20 20" width="15" height="15" style="vertical-align:-2px{turned}" fill="#fff"><rect x="1" y="9" width="4" '
    'height="10" rx="1"/><path d="M6.5 18V9.6L10.6 1q2.6 0 2.2 3l-.5 3.4h5q1.9.2 1.5 2.2l-1.5 7q-.5 2-2.3 2H8.5q-1.4 0-2-.6z"/></svg>'
)
DRAWN = {"👍": _THUMB.format(turned=""), "👎": _THUMB.format(turned=";transform:rotate(180deg)")}
"""Few machines that build have a font with these."""

Pressed = dict[int, set[str]]
"""Message numbers to the labels that were pressed below them."""

STYLE = """
* { box-sizing: border-box; margin: 0 }
body { display: flex; gap: 22px; padding: 22px; width: max-content; background: #e3e8e7; color: #15201e;
  font: 15px/1.45 "Noto Sans CJK SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", sans-serif }
.phone { width: 390px; height: 844px; overflow: hidden; border-radius: 34px; border: 7px solid #1c2726; background: #d5e2dd;
  display: flex; flex-direction: column }
.bar { flex: none; background: #fff; padding: 9px 20px 10px; border-bottom: 1px solid #d3dbd8; display: flex; align-items: center; gap: 12px }
.bar i { width: 36px; height: 36px; border-radius: 50%; background: #0f6d75; color: #fff; display: grid; place-items: center;
  font-style: normal; font-weight: 700 }
.bar b { display: block; line-height: 1.3 } .bar small { color: #6b7a76; display: block; line-height: 1.2 }
.chat { flex: 1; overflow: hidden; padding: 10px 10px 14px; display: flex; flex-direction: column; gap: 8px }
.message { flex: none; max-width: 88%; width: fit-content }
.said { background: #fff; border-radius: 14px 14px 14px 4px; padding: 8px 12px 6px; white-space: pre-wrap; overflow-wrap: anywhere;
  box-shadow: 0 1px 1px rgb(20 50 45 / 14%) }
.mine { align-self: flex-end } .mine .said { background: #dcf4c9; border-radius: 14px 14px 4px 14px }
.message:has(.row) { min-width: 88% }
.photo .said { display: flow-root; padding: 4px 4px 6px; width: 100% } .photo img { display: block; width: 100%; border-radius: 10px; margin-bottom: 6px }
.caption { padding: 0 8px }
time { float: right; margin: 6px 0 -2px 10px; font-size: 11px; line-height: 1.5; color: #7d8b87 }
blockquote { position: relative; background: #eaf3f1; border-left: 3px solid #0f6d75; border-radius: 5px; padding: 4px 22px 0 9px;
  border-bottom: 4px solid #eaf3f1; font-size: 14px; margin: 3px 0 -1.4em; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden }
blockquote::after { content: ""; position: absolute; right: 9px; bottom: 5px; width: 7px; height: 7px; border: solid #0f6d75;
  border-width: 0 2px 2px 0; transform: rotate(45deg) }
.row { display: flex; gap: 4px; margin-top: 4px }
.row span { flex: 1; background: #5d7d76; color: #fff; border-radius: 8px; padding: 7px 4px; text-align: center; font-size: 13px; line-height: 1.3 }
.row .pressed { background: #0b5158; box-shadow: inset 0 0 0 2px #fff9 }
"""


async def draw(started: Browser, folder: Path, file: Path) -> None:
    """Lead the conversation and take its picture.

    Args:
        started: a browser.
        folder: for the bot's data.
        file: the picture.
    """
    async with BotApiDouble(token=TOKEN) as api:
        bot = Bot(api, folder).start()
        try:
            chat, pressed = await talk(api)
            messages = list(transcript(api, chat, pressed))
        finally:
            bot.stop()
        assert api.violations == []
    page = await started.new_page(device_scale_factor=SCALE, viewport={"width": 1300, "height": 900})
    await page.set_content(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{phones(messages)}")
    await page.evaluate(SCROLL)
    shot = await page.locator("body").screenshot()
    await page.close()
    with Image.open(io.BytesIO(shot)) as image:
        image.convert("RGB").quantize(128).save(file, optimize=True)


async def talk(api: BotApiDouble) -> tuple[PrivateChat, Pressed]:
    """What a citizen says and presses."""
    chat = api.private_chat(5001, first_name="李", language_code="zh-hans")
    chat.say(QUESTION)
    asked = await said(api, chat, 1)
    chat.press(asked, OPTION)
    answer = await said(api, chat, 2)
    chat.press(answer, PICTURE)
    await said(api, chat, 3)
    chat.say(ARTICLE)
    await said(api, chat, 4)
    return chat, {asked.message_id: {OPTION}, answer.message_id: {PICTURE}}


async def said(api: BotApiDouble, chat: PrivateChat, count: int) -> SentMessage:
    """The count-th message of the bot."""
    return (await api.wait_for_messages(chat.id, count, timeout=60))[count - 1]


def transcript(api: BotApiDouble, chat: PrivateChat, pressed: Pressed) -> Iterator[str]:
    """All messages of the chat as HTML, in their order."""
    sent = {message.message_id: message for message in chat.messages()}
    for (chat_id, number), entry in sorted(api.world.entries.items()):
        if chat_id != chat.id:
            continue
        if number in sent:
            yield bubble(sent[number], pressed.get(number, set()))
        else:
            yield f'<div class="message mine"><div class=said>{escape(entry.body["text"])}<time>{CLOCK}</time></div></div>'


def bubble(message: SentMessage, pressed: set[str]) -> str:
    """A message of the bot with its keyboard."""
    photo, kind = "", ""
    text = message.html
    if isinstance(message.file, Upload):
        content = base64.b64encode(message.file.content).decode()
        photo, kind = f'<img src="data:image/png;base64,{content}">', " photo"
        text = f"<div class=caption>{escape(message.text)}</div>"
    return (
        f'<div class="message{kind}"><div class=said>{photo}{text}<time>{CLOCK}</time></div>'
        f"{''.join(keyboard(message, pressed))}</div>"
    )


def keyboard(message: SentMessage, pressed: set[str]) -> Iterator[str]:
    """The rows of buttons below a message."""
    rows: list[list[dict[str, Any]]] = (message.reply_markup or {}).get("inline_keyboard", [])
    for row in rows:
        labels = (str(button["text"]) for button in row)
        shown = (f"<span class={'pressed' if label in pressed else 'button'}>{drawn(label)}</span>" for label in labels)
        yield f"<div class=row>{''.join(shown)}</div>"


def drawn(label: str) -> str:
    """A label as HTML, its thumbs as drawings."""
    return "".join(DRAWN.get(sign, escape(sign)) for sign in label)


def phones(messages: list[str]) -> str:
    """The same conversation on three screens, which `SCROLL` moves: to its beginning, to the answer's end, and to its own end."""
    bar = f"<div class=bar><i>社</i><div><b>{NAME}</b><small>机器人</small></div></div>"
    return f"<div class=phone>{bar}<div class=chat>{''.join(messages)}</div></div>" * 3


SCROLL = """() => {
  const [, second, third] = document.querySelectorAll('.chat');
  const answer = [...second.querySelectorAll('.message')].find((message) => message.querySelector('blockquote'));
  second.scrollTop += answer.getBoundingClientRect().bottom - second.getBoundingClientRect().bottom + 12;
  third.scrollTop = third.scrollHeight;
}"""
