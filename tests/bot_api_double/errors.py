"""How the double says no: a malformed value, or a call refused as the real server refuses it."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]

_PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class Malformed(ValueError):
    """A value that breaks the rules; `path` grows while it travels out of nested objects."""

    def __init__(self, what: str, description: str | None = None, path: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.description = description
        self.path = path

    def inside(self, step: str) -> Malformed:
        """The same complaint, seen from the object that contains the value."""
        joined = step + self.path if self.path.startswith("[") or not self.path else (f"{step}.{self.path}")
        return Malformed(self.what, self.description, joined)


class Rejection(Exception):
    """A refused call: what the server answers, and whether the bot is to blame for it.

    `violation` is the reproach recorded for the test ("parameter: what"); None means the refusal
    comes from the state of the world (a deleted message, a user who blocked the bot), which a
    correct bot meets too.
    """

    def __init__(
        self,
        description: str,
        *,
        code: int = 400,
        violation: str | None = None,
        parameters: JsonObject | None = None,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.code = code
        self.violation = violation
        self.parameters = parameters


def error_body(code: int, description: str = "", parameters: JsonObject | None = None) -> JsonObject:
    """The JSON object the server sends for a refused call."""
    prefix = _PREFIXES.get(code, "Error")
    body: JsonObject = {
        "ok": False,
        "error_code": code,
        "description": f"{prefix}: {description}" if description else prefix,
    }
    if parameters:
        body["parameters"] = parameters
    return body
