"""A double of the Telegram Bot API server that checks what a bot sends.

`async with BotApiDouble() as api:` starts it; `api.base_url` is what a bot gets instead of
https://api.telegram.org. `api.violations` must stay empty.
"""

from __future__ import annotations

from .checks import Upload
from .dispatch import Request
from .double import BotApiDouble
from .handles import Group, PrivateChat
from .html import HtmlError, parse
from .world import SentMessage, User, Version

__all__ = [
    "BotApiDouble",
    "Group",
    "HtmlError",
    "PrivateChat",
    "Request",
    "SentMessage",
    "Upload",
    "User",
    "Version",
    "parse",
]
