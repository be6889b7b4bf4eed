"""The pictures in docs/, anew: the desk on a laptop by day and by night and on a phone, and a conversation in Telegram.

.venv/bin/python -m benchmarks.pictures [FOLDER]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from benchmarks import conversation
from bot.dialogue import Assistant
from bot.knowledge import load
from bot.matching import Matcher
from tests.browser import LAPTOP, PHONE, browser, desk, opened

ROOT = Path(__file__).resolve().parent.parent
EARLIER = ("停保要什么材料", "社保卡丢了怎么补", "失业金能领几个月")
QUESTION = "我爸走了 医保账户怎么注销"


async def ask(page: Page, text: str) -> None:
    """Type, and open the first candidate."""
    await page.fill("#q", text)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-answer]")


async def laptop(started: Browser, address: str, file: Path, scheme: str) -> None:
    """In mid-call: a detail is known from the question, the next one is to be asked."""
    page = await opened(started, address, LAPTOP, scheme=scheme)
    for text in EARLIER:
        await ask(page, text)
        await page.wait_for_timeout(300)
    await page.keyboard.press("p")
    await ask(page, QUESTION)
    await page.wait_for_timeout(3000)
    if scheme == "dark":
        await page.keyboard.press("2")
        await page.wait_for_timeout(400)
        await page.keyboard.press("ArrowRight")
    await page.screenshot(path=file)
    await page.context.close()


async def phone(started: Browser, address: str, file: Path) -> None:
    """The checklist, two papers ticked off."""
    page = await opened(started, address, PHONE)
    await ask(page, "想停医保要带什么")
    await page.click("[data-tab=materials]")
    for paper in (await page.query_selector_all("[data-paper]"))[:2]:
        await paper.check()
    await page.evaluate("scrollTo(0, 0)")
    await page.screenshot(path=file)
    await page.context.close()


async def main(folder: Path) -> None:
    """Take them all."""
    knowledge = load(ROOT / "knowledge")
    assistant = Assistant(knowledge, Matcher.from_knowledge(knowledge))
    with tempfile.TemporaryDirectory() as data:
        async with desk(assistant, Path(data)) as address, browser() as started:
            await laptop(started, address, folder / "desk-light.png", "light")
            await laptop(started, address, folder / "desk-dark.png", "dark")
            await phone(started, address, folder / "desk-phone.png")
            await conversation.draw(started, Path(data), folder / "telegram.png")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"))
