"""The test's view of the double: starting it, acting as users, ordering faults, looking on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Self, TypeVar, overload

from .dispatch import Dispatcher, Request
from .errors import JsonObject
from .faults import Fault
from .handles import Group, PrivateChat
from .server import Server
from .world import Chat, Query, SentMessage, User, World

T = TypeVar("T")

_PAUSE = 0.004


class BotApiDouble:
    """A Bot API server with one bot, whose users are the test.

    With `strict`, refusals that a correct bot meets too (message not modified, message deleted,
    bot blocked) count as violations as well.
    """

    def __init__(
        self,
        token: str = "123456:TEST",
        *,
        username: str = "double_bot",
        first_name: str = "Double",
        strict: bool = False,
    ) -> None:
        bot_id = int(token.partition(":")[0])
        self.token = token
        self.bot = User(bot_id, first_name, username=username, is_bot=True)
        self.world = World(self.bot)
        self._dispatcher = Dispatcher(self.world, strict=strict)
        self._server = Server(token, self._dispatcher)

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._server.stop()

    @property
    def base_url(self) -> str:
        """The server's address; clients append /bot<token>/<method>."""
        return self._server.base_url

    # What the bot did.

    @property
    def violations(self) -> list[str]:
        """Everything the bot did against the Bot API's rules."""
        return self._dispatcher.violations

    @property
    def requests(self) -> list[Request]:
        """All calls in the order of their arrival."""
        return self._dispatcher.requests

    def calls(self, method: str) -> list[Request]:
        """The calls of one method."""
        return [request for request in self.requests if request.method == method]

    def sent(self, chat_id: int | None = None) -> list[SentMessage]:
        """The bot's messages as they look now, deleted ones too (`deleted` is set)."""
        with self.world.lock:
            return [m for m in self.world.sent if chat_id is None or m.chat_id == chat_id]

    def callback_answer(self, query_id: str) -> JsonObject | None:
        """What the bot answered to a pressed button; None while it has not."""
        return self.world.callbacks[query_id].answer

    def inline_answer(self, query_id: str) -> JsonObject | None:
        """What the bot answered to an inline query; None while it has not."""
        return self.world.inline_queries[query_id].answer

    def unanswered(self) -> list[str]:
        """The callback queries the bot has left without an answer."""
        return [query.id for query in self.world.callbacks.values() if query.answer is None]

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed yet."""
        return len(self.world.updates)

    # What users do.

    def user(self, user_id: int, first_name: str | None = None, **names: str | None) -> User:
        """A person; last_name, username and language_code may be given."""
        return self.world.user(user_id, first_name=first_name, **names)

    def private_chat(
        self,
        user_id: int,
        first_name: str | None = None,
        language_code: str | None = "zh-hans",
        *,
        last_name: str | None = None,
        username: str | None = None,
        started: bool = True,
    ) -> PrivateChat:
        """A person's chat with the bot; unless `started`, the bot may not write first."""
        names = {"language_code": language_code, "last_name": last_name, "username": username}
        user = self.world.user(user_id, first_name=first_name, **names)
        with self.world.lock:
            chat = self.world.chats.setdefault(user_id, Chat(user_id, user=user, started=started))
        return PrivateChat(self.world, chat, user)

    def group(
        self,
        chat_id: int,
        title: str = "Group",
        *,
        forum: bool = False,
        members: Iterable[User | int] = (),
        admins: Iterable[User | int] = (),
        privacy: bool = True,
        bot_is_admin: bool = False,
        username: str | None = None,
    ) -> Group:
        """A group with the bot in it; the first of the admins is its owner."""
        chat = Chat(chat_id, title, forum=forum, privacy=privacy, username=username)
        if chat_id >= 0 or (forum and chat.type != "supergroup"):
            raise ValueError(f"{chat_id} cannot be the number of such a group")
        if bot_is_admin:
            chat.bot_status = "administrator"
        for people, status in ((admins, "administrator"), (members, "member")):
            for person in people:
                user = person if isinstance(person, User) else self.world.user(person)
                first = status == "administrator" and not chat.members
                chat.members.setdefault(user.id, "creator" if first else status)
        with self.world.lock:
            self.world.chats[chat_id] = chat
        return Group(self.world, chat)

    def inline(self, user: User | PrivateChat | int, query: str, offset: str = "") -> str:
        """Someone types an inline query; gives its id."""
        if isinstance(user, PrivateChat):
            user = user.user
        if isinstance(user, int):
            user = self.world.user(user)
        with self.world.lock:
            query_id = self.world.query_id()
            body = {"id": query_id, "from": user.body(), "query": query, "offset": offset}
            self.world.inline_queries[query_id] = Query(query_id, user, body)
            self.world.updates.put("inline_query", body, user.id)
        return query_id

    def queue_raw(self, update: JsonObject, *, assign_id: bool = True) -> int:
        """Queues any JSON object as an update, however malformed.

        It gets the next update_id if it has none, unless `assign_id` is off. One that shows no
        number or an old one is handed out once, since no offset can confirm it.
        """
        return self.world.updates.put_raw(update, assign_id=assign_id)

    def expire_queries(self) -> None:
        """Makes all waiting queries too old to be answered."""
        for queries in (self.world.callbacks, self.world.inline_queries):
            for query in queries.values():
                query.expired = query.answer is None

    # What goes wrong.

    def fail_next(
        self,
        method: str,
        times: int = 1,
        status: int | None = None,
        retry_after: int = 2,
        *,
        reset: bool = False,
        delay: float = 0.0,
        after_effect: bool = False,
        description: str | None = None,
    ) -> None:
        """Orders a fault for the next calls of a method ("*" for any).

        Without any wish it is a 429. `delay` alone only delays; `after_effect` carries the call out
        and then loses its reply (or answers `status`).
        """
        if status is None and not (reset or delay or after_effect):
            status = 429
        fault = Fault(method, times, status, retry_after, reset, delay, after_effect, description)
        self._dispatcher.faults.add(fault)

    def shift_clock(self, seconds: float) -> None:
        """Puts the server's clock, as its answers show it, ahead of this machine's."""
        self._dispatcher.clock_offset = seconds

    def clear_faults(self) -> None:
        """Cancels the faults that have not happened yet."""
        self._dispatcher.faults.clear()

    def cut_connections(self) -> None:
        """Breaks all connections at once, as a network that goes away does."""
        self._server.cut()

    def conflict(self, times: int = 1) -> None:
        """Plays a second poller: the running or the next getUpdates gets a 409."""
        self.world.updates.conflict(times)

    # Waiting.

    @overload
    async def wait_for(
        self,
        wanted: Callable[[SentMessage], object],
        timeout: float = 10,
        *,
        chat_id: int | None = None,
    ) -> SentMessage: ...

    @overload
    async def wait_for(self, wanted: int, timeout: float = 10, *, chat_id: int | None = None) -> list[SentMessage]: ...

    async def wait_for(
        self,
        wanted: Callable[[SentMessage], object] | int,
        timeout: float = 10,
        *,
        chat_id: int | None = None,
    ) -> SentMessage | list[SentMessage]:
        """Waits for that many messages of the bot, or for one that the predicate accepts."""
        if isinstance(wanted, int):
            number = wanted

            def enough() -> list[SentMessage] | None:
                messages = self.sent(chat_id)
                return messages if len(messages) >= number else None

            return await self.wait_until(enough, timeout, f"{number} messages") or []
        accepts = wanted
        return await self.wait_until(
            lambda: next((m for m in self.sent(chat_id) if accepts(m)), None), timeout, "a message"
        )

    async def wait_for_messages(self, chat_id: int, n: int, timeout: float = 10) -> list[SentMessage]:
        """Waits until the bot has sent that many messages to a chat."""
        return await self.wait_for(n, timeout, chat_id=chat_id)

    async def wait_for_answer(self, query_id: str, timeout: float = 10) -> JsonObject:
        """Waits for the answer to a pressed button or an inline query."""
        world = self.world
        query = world.callbacks.get(query_id) or world.inline_queries[query_id]
        return await self.wait_until(lambda: query.answer, timeout, "an answer")

    async def wait_until(
        self, condition: Callable[[], T | None], timeout: float = 10, what: str = "the condition"
    ) -> T:
        """Waits until the condition gives something true, and gives that."""
        deadline = time.monotonic() + timeout
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline:
                latest = [f"{m.chat_id}: {m.text[:80]!r}" for m in self.sent()[-5:]]
                raise TimeoutError(
                    f"waited {timeout} s for {what}; latest messages: {latest}; violations: {self.violations}"
                )
            await asyncio.sleep(_PAUSE)
