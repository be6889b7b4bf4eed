"""The users' side: what people do in private chats and groups."""

from __future__ import annotations

import time
from typing import Any

from .answers import member_body
from .entities import detect
from .errors import JsonObject
from .signatures import TEXT_LIMIT
from .world import Chat, Entry, Query, SentMessage, User, World


def text_content(text: str) -> JsonObject:
    """The fields of a text message as a client sends it."""
    if not 1 <= len(text) <= TEXT_LIMIT:
        raise ValueError(f"a client does not send texts of {len(text)} characters")
    found = detect(text)
    return {"text": text, "entities": found} if found else {"text": text}


def _file(kind: str, number: int) -> JsonObject:
    return {"file_id": f"{kind}-{number}", "file_unique_id": f"u{kind}-{number}", "file_size": 4096}


class Handle:
    """What private chats and groups have in common."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat

    @property
    def id(self) -> int:
        """The chat's number."""
        return self.chat.id

    def messages(self) -> list[SentMessage]:
        """What the bot has sent to this chat."""
        with self._world.lock:
            return [sent for sent in self._world.sent if sent.chat_id == self.chat.id]

    def raw_update(self, update: JsonObject) -> int:
        """Queues an update as given, with an update_id if it has none."""
        return self._world.updates.put_raw(update, assign_id=True)

    def _post(
        self,
        user: User,
        content: JsonObject,
        reply_to: SentMessage | JsonObject | int | None = None,
        thread_id: int | None = None,
    ) -> JsonObject:
        world = self._world
        with world.lock:
            answered = self._entry(reply_to) if reply_to is not None else None
            body = world.post(self.chat, user, content, thread_id=thread_id, reply_to=answered).body
            self._deliver("message", body)
            return body

    def _deliver(self, kind: str, body: JsonObject) -> None:
        if self._world.reaches_bot(self.chat, body):
            self._world.updates.put(kind, body, self.chat.id)

    def _entry(self, message: SentMessage | JsonObject | int) -> Entry:
        if isinstance(message, SentMessage):
            message_id = message.message_id
        else:
            message_id = message if isinstance(message, int) else message["message_id"]
        entry = self._world.entries.get((self.chat.id, message_id))
        if entry is None or entry.deleted:
            raise LookupError(f"chat {self.chat.id} has no message {message_id}")
        return entry

    def _edit(self, message_id: int, text: str) -> JsonObject:
        with self._world.lock:
            entry = self._entry(message_id)
            kept = {k: v for k, v in entry.body.items() if k != "entities"}
            entry.body = {**kept, **text_content(text), "edit_date": int(time.time())}
            self._deliver("edited_message", entry.body)
            return entry.body

    def _press(self, user: User, message: SentMessage | JsonObject | int, label_or_data: str) -> str:
        world = self._world
        with world.lock:
            entry = self._entry(message)
            rows = entry.body.get("reply_markup", {}).get("inline_keyboard", [])
            buttons: list[JsonObject] = [button for row in rows for button in row]
            for button in buttons:
                names = {button["text"], button.get("callback_data")}
                if label_or_data in names and "callback_data" in button:
                    break
            else:
                there = [(b["text"], b.get("callback_data")) for b in buttons]
                raise LookupError(f"no callback button {label_or_data!r}; there are {there}")
            body: JsonObject = {
                "id": world.query_id(),
                "from": user.body(),
                "message": entry.body,
                "chat_instance": str(abs(self.chat.id) * 7919),
                "data": button["callback_data"],
            }
            world.callbacks[body["id"]] = Query(body["id"], user, body)
            world.updates.put("callback_query", body, self.chat.id)
            query_id: str = body["id"]
            return query_id

    def _bot_member(self, by: User, old: str, new: str) -> None:
        """Changes the bot's standing and tells it."""
        world = self._world
        with world.lock:
            self.chat.bot_status = new
            body: JsonObject = {
                "chat": self.chat.body(),
                "from": by.body(),
                "date": int(time.time()),
                "old_chat_member": member_body(world.bot, old),
                "new_chat_member": member_body(world.bot, new),
            }
            world.updates.put("my_chat_member", body, self.chat.id)


class PrivateChat(Handle):
    """One person's chat with the bot."""

    def __init__(self, world: World, chat: Chat, user: User) -> None:
        super().__init__(world, chat)
        self.user = user

    def say(self, text: str, *, reply_to: SentMessage | JsonObject | int | None = None, **extra: Any) -> JsonObject:
        """The person writes; further fields of the message may be given. Gives the message."""
        return self._write({**text_content(text), **extra}, reply_to)

    def press(self, message: SentMessage | JsonObject | int, label_or_data: str) -> str:
        """The person presses an inline button; gives the callback query's id."""
        return self._press(self.user, message, label_or_data)

    def edit(self, message_id: int, text: str) -> JsonObject:
        """The person changes a message."""
        return self._edit(message_id, text)

    def photo(self, caption: str | None = None) -> JsonObject:
        """The person sends a picture."""
        size = {**_file("photo", self._count()), "width": 640, "height": 480}
        content: JsonObject = {"photo": [size]}
        if caption is not None:
            content["caption"] = caption
            if found := detect(caption):
                content["caption_entities"] = found
        return self._write(content)

    def sticker(self) -> JsonObject:
        """The person sends a sticker."""
        sticker = {
            **_file("sticker", self._count()),
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "👍",
        }
        return self._write({"sticker": sticker})

    def voice(self) -> JsonObject:
        """The person sends a voice message."""
        voice = {**_file("voice", self._count()), "duration": 3, "mime_type": "audio/ogg"}
        return self._write({"voice": voice})

    def contact(self) -> JsonObject:
        """The person shares their own phone number."""
        contact = {
            "phone_number": "+8613800000000",
            "first_name": self.user.first_name,
            "user_id": self.user.id,
        }
        return self._write({"contact": contact})

    def forward(self, text: str, origin: User | JsonObject | str = "Somebody") -> JsonObject:
        """The person forwards a text of a user, of someone hidden (a name), or any other origin."""
        date = int(time.time()) - 60
        if isinstance(origin, User):
            source: JsonObject = {"type": "user", "sender_user": origin.body(), "date": date}
        elif isinstance(origin, str):
            source = {"type": "hidden_user", "sender_user_name": origin, "date": date}
        else:
            source = origin
        return self._write({**text_content(text), "forward_origin": source})

    def block(self) -> None:
        """The person blocks the bot: it is told, and refused from now on."""
        self._bot_member(self.user, "member", "kicked")

    def unblock(self) -> None:
        """The person lets the bot in again."""
        self._bot_member(self.user, "kicked", "member")

    def _count(self) -> int:
        return len(self._world.entries) + 1

    def _write(self, content: JsonObject, reply_to: SentMessage | JsonObject | int | None = None) -> JsonObject:
        with self._world.lock:
            if self.chat.bot_status == "kicked":
                self.unblock()
            self.chat.started = True
            return self._post(self.user, content, reply_to)


class Group(Handle):
    """A group or supergroup with the bot in it."""

    def say(
        self,
        user: User | PrivateChat | int,
        text: str,
        *,
        reply_to: SentMessage | JsonObject | int | None = None,
        thread_id: int | None = None,
        **extra: Any,
    ) -> JsonObject:
        """A member writes; the bot hears of it only as its privacy mode allows."""
        if thread_id is not None and thread_id not in self.chat.topics:
            raise LookupError(f"chat {self.chat.id} has no topic {thread_id}")
        content = {**text_content(text), **extra}
        return self._post(self._member(user), content, reply_to, thread_id)

    def press(
        self,
        user: User | PrivateChat | int,
        message: SentMessage | JsonObject | int,
        label_or_data: str,
    ) -> str:
        """A member presses an inline button; gives the callback query's id."""
        return self._press(self._member(user), message, label_or_data)

    def edit(self, message_id: int, text: str) -> JsonObject:
        """The author of a message changes it."""
        return self._edit(message_id, text)

    def topic(self, user: User | PrivateChat | int, name: str) -> int:
        """A member opens a topic; gives its thread id."""
        if not self.chat.forum:
            raise ValueError("only forums have topics")
        content = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        with self._world.lock:
            body = self._world.post(self.chat, self._member(user), content).body
            thread_id: int = body["message_id"]
            body |= {"message_thread_id": thread_id, "is_topic_message": True}
            self.chat.topics[thread_id] = name
            # Service messages reach bots in privacy mode, too.
            self._world.updates.put("message", body, self.chat.id)
            return thread_id

    def migrate(self, new_id: int) -> Group:
        """The group becomes a supergroup with another number; gives the new group."""
        world = self._world
        with world.lock:
            old = self.chat
            new = Chat(
                new_id,
                old.title,
                privacy=old.privacy,
                members=dict(old.members),
                bot_status=old.bot_status,
            )
            if new.type != "supergroup":
                raise ValueError(f"{new_id} is not a supergroup's number")
            world.chats[new_id] = new
            author = next((world.users[user_id] for user_id in old.members), world.bot)
            first = world.post(old, author, {"migrate_to_chat_id": new_id}).body
            world.updates.put("message", first, old.id)
            second = world.post(new, author, {"migrate_from_chat_id": old.id}).body
            world.updates.put("message", second, new.id)
            old.migrated_to = new_id
            return Group(world, new)

    def add_bot(self, by: User | PrivateChat | int) -> None:
        """A member brings the bot (back) into the group."""
        self._bot_member(self._member(by), self.chat.bot_status, "member")

    def remove_bot(self, by: User | PrivateChat | int) -> None:
        """A member throws the bot out."""
        self._bot_member(self._member(by), self.chat.bot_status, "kicked")

    def _member(self, user: User | PrivateChat | int) -> User:
        if isinstance(user, PrivateChat):
            user = user.user
        if isinstance(user, int):
            user = self._world.user(user)
        self.chat.members.setdefault(user.id, "member")
        return user
