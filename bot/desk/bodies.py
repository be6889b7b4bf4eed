"""Reading what is posted, within limits; and what is said to whoever posts anything else."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MAX_BODY = 64 * 1024
"""Enough for 4,096 characters, however they are escaped."""
LINGER = 1024 * 1024
"""So much is read and thrown away: a connection closed on a sender in mid-sentence is reset, and the answer not seen."""
BODY_SECONDS = 10.0
_SHOWN_FLAWS = 3

Message = TypeVar("Message", bound=BaseModel)


async def read_body(request: Request) -> bytes:
    """What was posted.

    Raises:
        HTTPException: 413 where it is too long, 408 where it takes too long.
    """
    length = request.headers.get("content-length", "0")
    too_long = HTTPException(413, f"At most {MAX_BODY} bytes", {"Connection": "close"})
    if not length.isdecimal() or int(length[:12]) > LINGER:
        raise too_long
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > LINGER:
                    raise too_long
                if size <= MAX_BODY:
                    body += chunk
    except TimeoutError:
        raise HTTPException(408, "The request took too long", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise HTTPException(400, "The request broke off") from None
    if size > MAX_BODY:
        raise too_long
    return bytes(body)


async def read_message(request: Request, kind: type[Message]) -> Message:
    """A posted JSON message.

    Raises:
        HTTPException: 415 where it is no JSON by its content type, 400 where it cannot be read, 422 where its fields are
            wrong, naming them without repeating what they held.
    """
    if content_type(request) != "application/json":
        raise HTTPException(415, "Send application/json")
    body = await read_body(request)
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        flaws = error.errors(include_url=False, include_input=False, include_context=False)
        if flaws[0]["type"] == "json_invalid":
            raise HTTPException(400, "This is no JSON: " + flaws[0]["msg"].partition(": ")[2]) from None
        said = [f"{str((*flaw['loc'], 'body')[0])[:40]}: {flaw['msg']}" for flaw in flaws[:_SHOWN_FLAWS]]
        raise HTTPException(422, "; ".join(said)) from None


def content_type(request: Request) -> str:
    """The kind of what is posted, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
