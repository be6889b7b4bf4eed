"""The world behind the server: users, chats, messages, and what the bot has set up."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from itertools import count

from .entities import utf16_slice
from .errors import JsonObject, Rejection
from .updates import UpdateQueue
from .validation import Composed

_SUPERGROUPS_BELOW = -1_000_000_000_000


@dataclass
class User:
    """A person, or the bot itself."""

    id: int
    first_name: str = "User"
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def body(self) -> JsonObject:
        """The user as the Bot API shows them."""
        shown: JsonObject = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            value = getattr(self, name)
            if value is not None:
                shown[name] = value
        return shown


@dataclass
class Chat:
    """A private chat (with `user`) or a group, and how the bot stands in it."""

    id: int
    title: str = ""
    user: User | None = None
    forum: bool = False
    privacy: bool = True
    username: str | None = None
    # User ids with "creator", "administrator" or "member".
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    bot_status: str = "member"
    started: bool = True
    migrated_to: int | None = None

    @property
    def type(self) -> str:
        """The kind of chat; the Bot API tells supergroups by their numbers."""
        if self.user is not None:
            return "private"
        return "supergroup" if self.id < _SUPERGROUPS_BELOW else "group"

    def body(self) -> JsonObject:
        """The chat as the Bot API shows it."""
        if self.user is not None:
            names = self.user.body()
            kept = ("first_name", "last_name", "username")
            return {
                "id": self.id,
                **{name: names[name] for name in kept if name in names},
                "type": "private",
            }
        shown: JsonObject = {"id": self.id, "title": self.title, "type": self.type}
        if self.username is not None:
            shown["username"] = self.username
        if self.forum:
            shown["is_forum"] = True
        return shown


@dataclass(frozen=True)
class Version:
    """What a message said before an edit."""

    text: str
    html: str
    entities: list[JsonObject]
    reply_markup: JsonObject | None
    until: float


@dataclass
class SentMessage:
    """A message of the bot as its chat shows it now; `history` has what it said before."""

    chat_id: int
    message_id: int
    text: str
    html: str
    entities: list[JsonObject]
    reply_markup: JsonObject | None
    message_thread_id: int | None
    reply_to: int | None
    method: str
    at: float
    history: list[Version] = field(default_factory=list)
    deleted: bool = False
    file: object = None

    @property
    def buttons(self) -> list[JsonObject]:
        """The buttons of the inline keyboard, row after row."""
        rows = (self.reply_markup or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    @property
    def labels(self) -> list[str]:
        """What is written on the inline buttons."""
        return [button["text"] for button in self.buttons]


@dataclass
class Entry:
    """A message of anyone, as the Bot API shows it; `sent` is there for the bot's own."""

    body: JsonObject
    sent: SentMessage | None = None
    deleted: bool = False


@dataclass
class Query:
    """A pressed button or an inline query that waits for the bot's answer."""

    id: str
    user: User
    body: JsonObject
    answer: JsonObject | None = None
    expired: bool = False


class World:
    """Everything the server knows; the test's thread and the server's share it under `lock`."""

    def __init__(self, bot: User) -> None:
        self.lock = threading.RLock()
        self.bot = bot
        self.updates = UpdateQueue(self.lock)
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.entries: dict[tuple[int, int], Entry] = {}
        self.sent: list[SentMessage] = []
        self.callbacks: dict[str, Query] = {}
        self.inline_queries: dict[str, Query] = {}
        self.settings: dict[tuple[str, str], str] = {}
        self.commands: dict[tuple[str, str], list[JsonObject]] = {}
        self.webhook: JsonObject = {}
        self._query_ids = count(5_000_000_000_000_000_001)
        self._shared_ids = count(1)
        self._own_ids: dict[int, count[int]] = {}

    def user(self, user_id: int, **names: str | None) -> User:
        """The user with this number, made or brought up to date as needed."""
        with self.lock:
            user = self.users.setdefault(user_id, User(user_id))
            for name, value in names.items():
                if value is not None:
                    setattr(user, name, value)
            return user

    def query_id(self) -> str:
        """A new id for a callback or inline query."""
        return str(next(self._query_ids))

    def message_id(self, chat: Chat) -> int:
        """The next message number; only supergroups count for themselves."""
        if chat.type == "supergroup":
            return next(self._own_ids.setdefault(chat.id, count(1)))
        return next(self._shared_ids)

    def chat(self, chat_id: int | str, parameter: str = "chat_id") -> Chat:
        """The chat a call means."""
        if isinstance(chat_id, str):
            name = chat_id.removeprefix("@").lower()
            found = [c for c in self.chats.values() if (c.username or "").lower() == name]
            chat = found[0] if found else None
        else:
            chat = self.chats.get(chat_id)
        if chat is None:
            raise Rejection("chat not found", violation=f"{parameter}: there is no chat {chat_id}")
        return chat

    def open_chat(self, chat_id: int | str, parameter: str = "chat_id") -> Chat:
        """The chat a call means, if the bot may act in it."""
        chat = self.chat(chat_id, parameter)
        if chat.migrated_to is not None:
            raise Rejection(
                "group chat was upgraded to a supergroup chat",
                parameters={"migrate_to_chat_id": chat.migrated_to},
            )
        if chat.bot_status in {"kicked", "left"}:
            if chat.user is not None:
                raise Rejection("bot was blocked by the user", code=403)
            how = "was kicked from" if chat.bot_status == "kicked" else "is not a member of"
            raise Rejection(f"bot {how} the {chat.type} chat", code=403)
        if not chat.started:
            raise Rejection("bot can't initiate conversation with a user", code=403)
        return chat

    def entry(self, chat: Chat, message_id: int, purpose: str, parameter: str = "message_id") -> Entry:
        """A message a call means; gone ones are nobody's fault, invented ones are the bot's."""
        entry = self.entries.get((chat.id, message_id))
        if entry is None or entry.deleted:
            violation = None
            if entry is None:
                violation = f"{parameter}: there never was a message {message_id} in chat {chat.id}"
            raise Rejection(f"message {purpose} not found", violation=violation)
        return entry

    def post(
        self,
        chat: Chat,
        author: User,
        content: JsonObject,
        *,
        thread_id: int | None = None,
        reply_to: Entry | None = None,
    ) -> Entry:
        """Puts a message into a chat."""
        with self.lock:
            message_id = self.message_id(chat)
            body: JsonObject = {
                "message_id": message_id,
                "from": author.body(),
                "chat": chat.body(),
                "date": int(time.time()),
            }
            if thread_id is not None:
                body["message_thread_id"] = thread_id
                body["is_topic_message"] = True
                # Telegram shows messages of a topic as replies to the topic's first message.
                reply_to = reply_to or self.entries.get((chat.id, thread_id))
            if reply_to is not None:
                inner = {k: v for k, v in reply_to.body.items() if k != "reply_to_message"}
                body["reply_to_message"] = inner
            body.update(content)
            entry = Entry(body)
            self.entries[chat.id, message_id] = entry
            return entry

    def record(
        self,
        entry: Entry,
        composed: Composed,
        method: str,
        reply_markup: JsonObject | None,
        reply_to: int | None,
        file: object = None,
    ) -> SentMessage:
        """Remembers a message of the bot for the test to look at."""
        body = entry.body
        sent = SentMessage(
            chat_id=body["chat"]["id"],
            message_id=body["message_id"],
            text=composed.text,
            html=composed.source,
            entities=composed.entities,
            reply_markup=reply_markup,
            message_thread_id=body.get("message_thread_id"),
            reply_to=reply_to,
            method=method,
            at=time.monotonic(),
            file=file,
        )
        entry.sent = sent
        self.sent.append(sent)
        return sent

    def reaches_bot(self, chat: Chat, body: JsonObject) -> bool:
        """Whether a group message gets to a bot in privacy mode."""
        if chat.bot_status in {"kicked", "left"}:
            return False
        if chat.user is not None or not chat.privacy or chat.bot_status == "administrator":
            return True
        me = f"@{self.bot.username or ''}".lower()
        text: str = body.get("text") or body.get("caption") or ""
        for entity in body.get("entities") or body.get("caption_entities") or []:
            part = utf16_slice(text, entity["offset"], entity["length"]).lower()
            if entity["type"] == "mention" and part == me:
                return True
            # A command without a name is for every bot of the group.
            if entity["type"] == "bot_command" and ("@" not in part or part.endswith(me)):
                return True
        answered = body.get("reply_to_message", {})
        return bool(answered) and answered.get("from", {}).get("id") == self.bot.id
