"""Reading what is posted, within limits."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

LINGER = 1024 * 1024
ANNOUNCED = 16 * 1024 * 1024
"""So many bytes beyond the limit are read and thrown away, more of them where the sender said how many come: a connection closed
on a sender in mid-sentence is reset, and the answer not seen."""
BODY_SECONDS = 10.0


async def read_body(request: Request, limit: int) -> bytes | None:
    """What was posted; None where it is longer than `limit` bytes.

    Raises:
        TimeoutError: where it takes too long to come.
        ClientDisconnect: where it breaks off.
    """
    length = request.headers.get("content-length")
    if length is not None and (not length.isdecimal() or int(length[:20]) > limit + ANNOUNCED):
        return None
    most = limit + (LINGER if length is None else ANNOUNCED)
    body, size = bytearray(), 0
    async with asyncio.timeout(BODY_SECONDS):
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                return None
            if size <= limit:
                body += chunk
    return bytes(body) if size <= limit else None
