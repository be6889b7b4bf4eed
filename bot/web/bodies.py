"""Reading what is posted, within limits."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

LINGER = 1024 * 1024
"""So much beyond the limit is read and thrown away: a connection closed on a sender in mid-sentence is reset, and the answer not
seen."""
BODY_SECONDS = 10.0


async def read_body(request: Request, limit: int) -> bytes | None:
    """What was posted; None where it is longer than `limit` bytes.

    Raises:
        TimeoutError: where it takes too long to come.
        ClientDisconnect: where it breaks off.
    """
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:20]) > limit + LINGER:
        return None
    body, size = bytearray(), 0
    async with asyncio.timeout(BODY_SECONDS):
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit + LINGER:
                return None
            if size <= limit:
                body += chunk
    return bytes(body) if size <= limit else None
