"""One call from its parameters to its answer: faults, validation, the method itself, the record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from .answers import METHODS as IMPLEMENTED
from .checks import Upload
from .errors import JsonObject, Rejection, error_body
from .faults import BAD_GATEWAY, Fault, Faults
from .signatures import METHODS, Signature
from .validation import check_call
from .webhook import WebhookSender
from .world import World


@dataclass
class Request:
    """A call of the bot: decoded parameters (as they arrived, where malformed) and the answer."""

    method: str
    params: JsonObject
    at: float
    response: JsonObject | None = None
    status: int | None = None
    fault: str | None = None
    uploads: list[Upload] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the bot was told that the call succeeded."""
        return bool(self.response and self.response.get("ok"))


@dataclass(frozen=True)
class Reply:
    """What goes back over HTTP; `reset` drops the connection instead."""

    status: int
    body: JsonObject | str
    retry_after: int | None = None
    reset: bool = False


class Dispatcher:
    """Carries out calls and keeps the record of them."""

    def __init__(self, world: World, *, strict: bool) -> None:
        self.world = world
        self.strict = strict
        self.faults = Faults()
        self.requests: list[Request] = []
        self.violations: list[str] = []
        # Seconds by which the server's clock is ahead.
        self.clock_offset = 0.0
        self.webhook = WebhookSender(world, self.call_from_webhook)

    async def handle(self, method: str, read: Callable[[], JsonObject]) -> Reply:
        """Answers a call; `read` gives its raw parameters or refuses them."""
        signature = METHODS.get(method.lower())
        name = signature.name if signature is not None else method
        record = Request(name, {}, time.monotonic())
        self.requests.append(record)
        fault = self.faults.take(name)
        if fault is not None:
            record.fault = fault.label
            if fault.delay:
                await asyncio.sleep(fault.delay)
            early = fault.status is not None or fault.reset
            if early and not fault.after_effect:
                self._decode_quietly(signature, record, read)
                return self._faulty(fault, record)
        reply = await self._run(signature, record, read)
        if fault is not None and fault.after_effect:
            reply = self._faulty(fault, record)
        record.status = reply.status
        record.response = reply.body if isinstance(reply.body, dict) else None
        return reply

    def call_from_webhook(self, method: str, params: JsonObject) -> None:
        """Runs a method that came as the answer to a webhook; its result is not reported."""
        signature = METHODS.get(method.lower())
        record = Request(method, {}, time.monotonic())
        self.requests.append(record)
        try:
            record.response = self._ok(self._checked(signature, record, lambda: params))
        except Rejection as error:
            record.response = error_body(*self._refuse(record, error))

    async def _run(self, signature: Signature | None, record: Request, read: Callable[[], JsonObject]) -> Reply:
        try:
            special = self._special(signature)
            if special is None:
                return Reply(200, self._ok(self._checked(signature, record, read)))
            with self.world.lock:
                params = self._decode(signature, record, read)
            return Reply(200, self._ok(await special(params)))
        except Rejection as error:
            return Reply(error.code, error_body(*self._refuse(record, error)))

    def _ok(self, result: Any) -> JsonObject:
        return {"ok": True, "result": result}

    def _refuse(self, record: Request, error: Rejection) -> tuple[int, str, JsonObject | None]:
        """Records the reproach of a refused call; what is to be answered."""
        reproach = error.violation or (error.description if self.strict else None)
        if reproach is not None:
            self.violations.append(f"{record.method}: {reproach}")
        return error.code, error.description, error.parameters

    def _checked(self, signature: Signature | None, record: Request, read: Callable[[], JsonObject]) -> Any:
        """The result of a method that needs no waiting."""
        with self.world.lock:
            params = self._decode(signature, record, read)
            return IMPLEMENTED[record.method](self.world, params)

    def _decode(self, signature: Signature | None, record: Request, read: Callable[[], JsonObject]) -> JsonObject:
        if signature is None:
            raise Rejection("method not found", code=404, violation="unknown method")
        record.method = signature.name
        raw = read()
        # Decoded ones follow; a refused call keeps what came over the wire.
        record.params = raw
        record.uploads = [value for value in raw.values() if isinstance(value, Upload)]
        params, unknown = check_call(signature, raw)
        record.params = params
        for text in unknown:
            self.violations.append(f"{record.method}: {text}")
        return params

    def _decode_quietly(self, signature: Signature | None, record: Request, read: Callable[[], JsonObject]) -> None:
        """Fills the record of a call that a fault stops; its violations count all the same."""
        try:
            self._decode(signature, record, read)
        except Rejection as error:
            self._refuse(record, error)

    def _faulty(self, fault: Fault, record: Request) -> Reply:
        if fault.reset or fault.status is None:
            record.status, record.response = None, None
            return Reply(0, "", reset=True)
        status = fault.status
        record.status = status
        if status == 502:
            return Reply(status, BAD_GATEWAY)
        description = fault.description or ""
        parameters: JsonObject | None = None
        retry_after: int | None = None
        if status == 429:
            retry_after = fault.retry_after
            description = description or f"retry after {retry_after}"
            parameters = {"retry_after": retry_after}
        record.response = error_body(status, description, parameters)
        return Reply(status, record.response, retry_after)

    def _special(self, signature: Signature | None) -> Callable[[JsonObject], Awaitable[Any]] | None:
        """The methods that deal with the delivery of updates."""
        table: dict[str, Callable[[JsonObject], Awaitable[Any]]] = {
            "getUpdates": self._get_updates,
            "setWebhook": self.webhook.set,
            "deleteWebhook": self.webhook.delete,
            "getWebhookInfo": self._webhook_info,
        }
        return table.get(signature.name) if signature is not None else None

    async def _webhook_info(self, params: JsonObject) -> JsonObject:
        return self.webhook.info()

    async def _get_updates(self, params: JsonObject) -> list[JsonObject]:
        if self.world.webhook:
            description = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            raise Rejection(description, code=409)
        if "allowed_updates" in params:
            self.world.updates.allowed = params["allowed_updates"]
        return await self.world.updates.poll(
            params.get("offset", 0), params.get("limit", 100), params.get("timeout", 0)
        )
