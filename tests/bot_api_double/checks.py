"""Small checkers of values, put together into the shapes the Bot API documents.

A checker takes the value as it arrived (from JSON or from a form) and gives the decoded value, or
raises Malformed.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import JsonObject, Malformed

Checker = Callable[[object], Any]

_INTEGER = re.compile(r"-?\d{1,19}\Z")


@dataclass(frozen=True)
class Upload:
    """A file that came as a part of a multipart body."""

    field: str
    filename: str
    content_type: str
    size: int
    content: bytes = dataclasses.field(default=b"", repr=False)


def integer(low: int | None = None, high: int | None = None) -> Checker:
    """A whole number; forms and the real server's JSON allow it as a string of digits."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise Malformed(f"an integer expected, {_kind(value)} given")
        if isinstance(value, str) and not _INTEGER.match(value):
            raise Malformed(f"an integer expected, {value!r} given")
        number = int(value)
        if (low is not None and number < low) or (high is not None and number > high):
            raise Malformed(f"{number} is outside {low}..{'' if high is None else high}")
        return number

    return check


def boolean(value: object) -> bool:
    """True or false, also in the words a form has for them."""
    if isinstance(value, bool):
        return value
    words = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise Malformed(f"a boolean expected, {value!r} given")


def flag(value: object) -> bool:
    """A field whose only documented value is true."""
    if value is not True:
        raise Malformed(f"only true is allowed, {value!r} given")
    return True


def number(value: object) -> float:
    """A number, whole or not."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    try:
        return float(value) if isinstance(value, str) else _fail(value)
    except ValueError:
        return _fail(value)


def _fail(value: object) -> float:
    raise Malformed(f"a number expected, {value!r} given")


def string(
    low: int = 0,
    high: int | None = None,
    *,
    octets: bool = False,
    pattern: str | None = None,
    description: str | None = None,
) -> Checker:
    """A string with limits on its length, in characters or (`octets`) in UTF-8 bytes."""
    compiled = re.compile(pattern) if pattern is not None else None

    def check(value: object) -> str:
        if not isinstance(value, str):
            raise Malformed(f"a string expected, {_kind(value)} given")
        size = len(value.encode("utf-8", "surrogatepass")) if octets else len(value)
        if size < low or (high is not None and size > high):
            unit = "bytes" if octets else "characters"
            allowed = f"{low}..{'' if high is None else high}"
            raise Malformed(f"{size} {unit}, allowed are {allowed}", description)
        if compiled is not None and not compiled.fullmatch(value):
            raise Malformed(f"{value!r} does not match {compiled.pattern}", description)
        return value

    return check


def one_of(*names: str, description: str | None = None) -> Checker:
    """One of a few words."""

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            raise Malformed(f"{value!r} is not one of {', '.join(names)}", description)
        return value

    return check


def chat_id(value: object) -> int | str:
    """A chat's number, or the @username of a public chat."""
    if isinstance(value, str) and value.startswith("@"):
        return value
    try:
        found: int = integer()(value)
    except Malformed as error:
        description = "chat_id is empty" if value == "" else "chat not found"
        raise Malformed(error.what, description) from None
    return found


def web_address(value: object) -> str:
    """A link Telegram accepts on a button."""
    if not isinstance(value, str):
        raise Malformed(f"a string expected, {_kind(value)} given")
    if not re.fullmatch(r"(?:https?://[^\s/?#]+|tg://[^\s])\S*|mailto:\S+", value):
        raise Malformed(f"{value!r} is not a link", f"inline keyboard button URL '{value}' is invalid")
    return value


def secure_address(value: object) -> str:
    """A link to a page over HTTPS."""
    if not isinstance(value, str) or not re.fullmatch(r"https://[^\s/?#]+\S*", value):
        raise Malformed(f"{value!r} is not an HTTPS link", "Only HTTPS links are allowed")
    return value


def listing(item: Checker, *, low: int = 0, high: int | None = None, description: str | None = None) -> Checker:
    """A list whose items all pass one checker."""

    def check(value: object) -> list[Any]:
        if not isinstance(value, list):
            raise Malformed(f"a list expected, {_kind(value)} given")
        if len(value) < low or (high is not None and len(value) > high):
            limit = f"{low}..{'' if high is None else high}"
            raise Malformed(f"{len(value)} items, allowed are {limit}", description)
        checked = []
        for index, element in enumerate(value):
            try:
                checked.append(item(element))
            except Malformed as error:
                raise error.inside(f"[{index}]") from None
        return checked

    return check


def shape(
    required: Mapping[str, Checker],
    optional: Mapping[str, Checker] | None = None,
    *,
    finish: Callable[[JsonObject], None] | None = None,
) -> Checker:
    """An object with known fields only; `finish` checks what no single field shows."""
    known = {**required, **(optional or {})}

    def check(value: object) -> JsonObject:
        if not isinstance(value, dict):
            raise Malformed(f"an object expected, {_kind(value)} given")
        for name in required:
            if name not in value:
                raise Malformed("missing", None, name)
        checked: JsonObject = {}
        for name, element in value.items():
            if name not in known:
                raise Malformed("unknown field", None, name)
            try:
                checked[name] = known[name](element)
            except Malformed as error:
                raise error.inside(name) from None
        if finish is not None:
            finish(checked)
        return checked

    return check


def encoded(check: Checker, what: str) -> Checker:
    """A parameter that forms carry as JSON text; `what` is named in the refusal."""

    def decode(value: object) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                description = f"can't parse {what}: can't parse JSON object"
                raise Malformed("not JSON", description) from None
        try:
            return check(value)
        except Malformed as error:
            if error.description is None:
                error.description = f"can't parse {what}: {error.path or what}: {error.what}"
            raise

    return decode


def file(limit: int) -> Checker:
    """A file: uploaded, or named by a file_id, a link or attach://."""

    def check(value: object) -> Upload | str:
        if isinstance(value, Upload):
            if value.size == 0:
                raise Malformed("the file is empty", "file must be non-empty")
            if value.size > limit:
                raise Malformed(f"{value.size} bytes, allowed are {limit}", "file is too big")
            return value
        if not isinstance(value, str) or not value:
            raise Malformed(f"a file expected, {value!r} given", "there is no file in the request")
        if value.startswith("attach://"):
            raise Malformed(f"no part of the body is named {value[9:]!r}", "wrong file identifier")
        return value

    return check


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return "null" if value is None else names.get(type(value), type(value).__name__)
