"""Doing what admins have asked for, beside the questions: what concerns all processes in each, the rest where it was asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from bot.serving.holder import Serving
from bot.serving.reloading import Reloaded, reload
from bot.settings import Settings
from bot.storage import Errand, Store

log = logging.getLogger(__name__)

RELOAD = "reload"
LOOK_SECONDS = 0.5
STARTING_SECONDS = 60.0
"""What was asked for so long before a process first looks may have come after it had read the files."""

Answer = Callable[[Errand, Reloaded | None], Awaitable[None]]


async def run_errands(store: Store, serving: Serving, settings: Settings, answer: Answer | None = None) -> None:
    """Look for errands and do them, until cancelled. A process that ends in between has done nothing but lose them.

    Args:
        answer: answers an errand that this process has taken, given what became of the reload.
    """
    seen: set[int] | None = None
    while True:
        try:
            found = await store.errands()
            if seen is None:
                seen = {errand.update_id for errand in found if errand.asked_at < store.now() - STARTING_SECONDS}
            fresh = [errand for errand in found if errand.update_id not in seen]
            seen = {errand.update_id for errand in found}
            reloaded = await reload(serving, settings) if any(each.command == RELOAD for each in fresh) else None
        except (SQLAlchemyError, OSError) as error:
            log.debug("errands were not looked for: %s", error)  # the worker and the sender say so, once
            fresh = []
        for errand in fresh:
            if errand.mine and answer:
                try:
                    await answer(errand, reloaded)
                except Exception:  # whatever befalls one, the next are looked for
                    log.exception("/%s of an admin could not be answered", errand.command)
        await asyncio.sleep(LOOK_SECONDS)
