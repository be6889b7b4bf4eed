"""Reading what is posted, within limits; and what is said to whoever posts anything else."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from bot.web import read_body

MAX_BODY = 64 * 1024
"""Enough for 4,096 characters, however they are escaped."""
_SHOWN_FLAWS = 3

Message = TypeVar("Message", bound=BaseModel)


async def posted(request: Request) -> bytes:
    """What was posted.

    Raises:
        HTTPException: 413 where it is too long, 408 where it takes too long, 400 where it breaks off.
    """
    try:
        body = await read_body(request, MAX_BODY)
    except TimeoutError:
        raise HTTPException(408, "The request took too long", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise HTTPException(400, "The request broke off") from None
    if body is None:
        raise HTTPException(413, f"At most {MAX_BODY} bytes", {"Connection": "close"})
    return body


async def read_message(request: Request, kind: type[Message]) -> Message:
    """A posted JSON message.

    Raises:
        HTTPException: 415 where it is no JSON by its content type, 400 where it cannot be read, 422 where its fields are
            wrong, naming them without repeating what they held.
    """
    if content_type(request) != "application/json":
        raise HTTPException(415, "Send application/json")
    body = await posted(request)
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
