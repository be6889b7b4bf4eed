"""What runs beside the work: keeping hold of what is in hand, and forgetting what is old."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from bot.storage import Store

log = logging.getLogger(__name__)

RENEW_SECONDS = 3.0
"""A quarter of a lease: two renewals may fail before somebody takes over."""
PRUNE_SECONDS = 60.0
PAUSE_SECONDS = 0.2
"""Between two batches, so that forgetting takes a small part of the database's time."""


async def keep_hold(store: Store) -> None:
    """Renew the leases of what is under way, until cancelled."""
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        try:
            await store.keep_hold()
        except (SQLAlchemyError, OSError) as error:
            log.debug("leases were not renewed: %s", error)  # the worker and the sender say so, once


async def prune(store: Store) -> None:
    """Forget what is old, until cancelled."""
    while True:
        try:
            more = await store.prune()
        except (SQLAlchemyError, OSError) as error:
            log.debug("nothing was pruned: %s", error)
            more = False
        await asyncio.sleep(PAUSE_SECONDS if more else PRUNE_SECONDS)
