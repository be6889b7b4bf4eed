"""Delivers updates to the bot's webhook and tries again until they are taken."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any

import httpx

from .errors import JsonObject, Rejection
from .updates import Item
from .world import World

_URL = re.compile(r"https://[^\s/?#]+\S*|http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(?:/\S*)?")
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0


class WebhookSender:
    """Posts updates in the order of each conversation, several conversations at a time."""

    def __init__(self, world: World, call: Callable[[str, JsonObject], Any]) -> None:
        self._world = world
        # Runs a method that a webhook's answer asks for.
        self._call = call
        self._task: asyncio.Task[None] | None = None

    async def set(self, params: JsonObject) -> bool:
        """setWebhook; an empty address takes the webhook away."""
        url: str = params["url"]
        if not url:
            return await self.delete(params)
        if not _URL.fullmatch(url):
            description = "bad webhook: An HTTPS URL must be provided for webhook"
            raise Rejection(description, violation=f"url: {url!r} is not an HTTPS address")
        while self._task is not None:  # another replica may set it while the deliveries of before end
            await self.stop()
        if "allowed_updates" in params:
            self._world.updates.allowed = params["allowed_updates"]
        if params.get("drop_pending_updates"):
            self._world.updates.clear()
        limit = params.get("max_connections", 40)
        self._world.webhook = {"url": url, "max_connections": limit}
        self._task = asyncio.create_task(self._run(url, limit, params.get("secret_token")))
        return True

    async def delete(self, params: JsonObject) -> bool:
        """deleteWebhook."""
        await self.stop()
        self._world.webhook = {}
        if params.get("drop_pending_updates"):
            self._world.updates.clear()
        return True

    def info(self) -> JsonObject:
        """getWebhookInfo."""
        body: JsonObject = {
            "url": "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._world.updates),
            **self._world.webhook,
        }
        if self._world.updates.allowed:
            body["allowed_updates"] = self._world.updates.allowed
        return body

    async def stop(self) -> None:
        """Ends the delivery; what was not taken stays in the queue."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self, url: str, limit: int, secret: str | None) -> None:
        updates = self._world.updates
        event = asyncio.Event()
        forget = updates.listen(event)
        busy: set[object] = set()
        running: set[asyncio.Task[None]] = set()
        headers = {"Content-Type": "application/json"}
        if secret is not None:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        # Self-signed certificates are allowed for webhooks, so none is checked.
        client = httpx.AsyncClient(verify=False, trust_env=False, headers=headers, timeout=60)

        def current_task() -> asyncio.Task[None]:
            task: asyncio.Task[None] | None = asyncio.current_task()
            assert task is not None
            return task

        async def deliver(item: Item) -> None:
            try:
                await self._deliver(client, url, item)
                updates.done(item)
            finally:
                busy.discard(item.key)
                # Before the event: a task's own callbacks run only after those it woke.
                running.discard(current_task())
                event.set()

        try:
            while True:
                event.clear()
                while len(running) < limit and (item := updates.next_for(busy)) is not None:
                    busy.add(item.key)
                    task = asyncio.create_task(deliver(item))
                    running.add(task)
                await event.wait()
        finally:
            forget()
            left = list(running)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            await client.aclose()

    async def _deliver(self, client: httpx.AsyncClient, url: str, item: Item) -> None:
        content = json.dumps(item.body, ensure_ascii=False).encode()
        pause = _FIRST_PAUSE
        while True:
            try:
                answer = await client.post(url, content=content)
                if answer.is_success:
                    self._follow(answer)
                    return
                problem = f"Wrong response from the webhook: {answer.status_code}"
            except httpx.HTTPError as error:
                problem = f"Connection failed: {type(error).__name__}"
            self._world.webhook |= {
                "last_error_date": int(time.time()),
                "last_error_message": problem,
            }
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _follow(self, answer: httpx.Response) -> None:
        """Runs the method a webhook may name in its answer."""
        try:
            params = answer.json()
        except ValueError:
            return
        if isinstance(params, dict) and isinstance(params.get("method"), str):
            self._call(params.pop("method"), params)
