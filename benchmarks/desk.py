"""The desk: from a caller's words to the copied answer, in keys and milliseconds; and what a keystroke costs the server.

    .venv/bin/python -m benchmarks.desk

Driven in Chromium by the keyboard alone. Keys: all that are pressed; besides the words: opening, details, copying. “Ready” is the
time from the last letter until the candidates stand there, “copied” from Enter until the answer is in the clipboard, all details
pressed between, without the time in which a person reads, listens and thinks.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import httpx
from playwright.async_api import Page, expect

from bot.dialogue import Assistant
from bot.knowledge import load
from bot.matching import Matcher
from tests.browser import browser, desk, opened

ROOT = Path(__file__).resolve().parent.parent
CALLS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("我爸走了医保怎么注销", "medical-account-cancel", ("2",)),
    ("停保要带什么", "medical-insurance-stop", ("1", "1")),
    ("交了七年失业金领几个月", "unemployment-duration", ()),
    ("工伤认定多久出结果", "work-injury-recognition", ()),
    ("yibao ka diu le", "medical-insurance-replace", ()),
)
"""What is typed, the entry that should open, and the replies to what is asked back."""
WAITED = 0.002
LONGEST = 60.0


async def shown(page: Page, script: str) -> None:
    """Wait until something holds on the page, looking often."""
    async with asyncio.timeout(LONGEST):
        while not await page.evaluate(script):  # noqa: ASYNC110 -- it happens in the browser
            await asyncio.sleep(WAITED)


async def call(page: Page, address: str, text: str, replies: tuple[str, ...]) -> tuple[int, int, float, float, str]:
    """Keys in all, keys besides the words, milliseconds until ready and until copied, and the entry."""
    await page.goto(address)
    await page.evaluate("navigator.clipboard.writeText('')")
    await page.keyboard.type(text[:-1], delay=40)
    await page.evaluate("document.querySelector('[data-candidates]').replaceChildren()")
    start = time.perf_counter()
    await page.keyboard.type(text[-1])
    await shown(page, "document.querySelector('[role=option]') !== null")
    ready = time.perf_counter() - start
    start = time.perf_counter()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-answer]")).to_be_visible()
    for reply in replies:
        before = page.url
        await page.keyboard.press(reply)
        await shown(page, f"location.href !== {before!r}")
    await page.keyboard.press("c")
    await shown(page, "navigator.clipboard.readText()")
    copied = time.perf_counter() - start
    entry = str(await page.get_attribute("[data-answer]", "data-entry"))
    keys = 2 + len(replies)  # Enter, the replies, C
    return len(text) + keys, keys, ready * 1e3, copied * 1e3, entry


async def keystrokes(address: str, titles: list[str]) -> list[float]:
    """Milliseconds of the server's answer for each prefix of each title, as the page asks for it."""
    took = []
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        for title in titles:
            for end in range(2, len(title) + 1):
                start = time.perf_counter()
                (await client.post("/parts/candidates", json={"text": title[:end]})).raise_for_status()
                took.append((time.perf_counter() - start) * 1e3)
    return took


async def main() -> None:
    """Print both tables."""
    knowledge = load(ROOT / "knowledge")
    assistant = Assistant(knowledge, Matcher.from_knowledge(knowledge))
    with tempfile.TemporaryDirectory() as data:
        async with desk(assistant, Path(data)) as address:
            took = sorted(await keystrokes(address, [entry.title.zh for entry in knowledge.entries.values()]))
            async with browser() as started:
                page = await opened(started, address)
                print("| the caller's words | keys | besides the words | ready, ms | copied, ms | opened |")
                print("| --- | ---: | ---: | ---: | ---: | --- |")
                for text, wanted, replies in CALLS:
                    rounds = [await call(page, address, text, replies) for _ in range(3)]
                    keys, besides, _, _, entry = rounds[0]
                    ready = statistics.median(each[2] for each in rounds)
                    copied = statistics.median(each[3] for each in rounds)
                    right = entry if entry == wanted else f"{entry}, not {wanted}"
                    print(f"| {text} | {keys} | {besides} | {ready:.0f} | {copied:.0f} | {right} |")
    p99 = took[int(len(took) * 0.99)]
    print(f"\nServer, {len(took)} keystrokes by HTTP: median {statistics.median(took):.1f} ms, p99 {p99:.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
