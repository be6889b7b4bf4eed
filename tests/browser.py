"""The desk in a browser: Debian's Chromium by Playwright, as the tests, the benchmark and the pictures use it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.address import Address
from bot.desk import Desk
from bot.dialogue import Assistant
from bot.serving import Serving
from bot.settings import Settings
from bot.storage import Store

HINT = "Chromium is needed for the desk's tests: apt-get install chromium, or name the program in CHROMIUM"
PATIENCE = 60_000
"""Milliseconds; a machine at its limit is slow, not wrong."""
LAPTOP = (1366, 768)
PHONE = (390, 844)

expect.set_options(timeout=PATIENCE)


def chromium() -> str:
    """The browser's program.

    Raises:
        AssertionError: where there is none, saying how to get it.
    """
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    assert found, HINT
    return found


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        try:
            yield started
        finally:
            await started.close()


@contextlib.asynccontextmanager
async def desk(assistant: Assistant, folder: Path, **settings: object) -> AsyncIterator[str]:
    """The desk on a free port of this machine; its address.

    Args:
        folder: for the database and the key of the sessions.
        settings: by the variables' names.
    """
    read = Settings.model_validate({"SHEBAO_DATA_DIR": folder, **settings})
    store = await Store.open(read.database)
    try:
        async with Desk(read, Serving(assistant), store).listener(Address("127.0.0.1", 0)) as listener:
            yield f"http://127.0.0.1:{listener.port}"
    finally:
        await store.close()


async def opened(
    browser: Browser, address: str, size: tuple[int, int] = LAPTOP, *, scheme: str = "light", locale: str = "zh-CN"
) -> Page:
    """A page of a new visitor, who may use the clipboard; whatever goes wrong in it is collected in `faults`."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=locale,
        color_scheme="dark" if scheme == "dark" else "light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    await page.goto(address)
    return page
