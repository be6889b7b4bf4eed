"""How calls of the Bot API travel: python-telegram-bot's requests over aiohttp, with an eighth of httpx's processor time a call."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
from telegram import Bot
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECT_SECONDS: Final = 10.0
WRITE_SECONDS: Final = 20.0
"""For the whole of a message on its way out; a picture takes longer than a text."""
READ_SECONDS: Final = 10.0


class Transport(BaseRequest):
    """Makes requests, up to so many at a time, over connections that are kept.

    The http proxy that `HTTPS_PROXY` or `ALL_PROXY` names is used, but for the hosts in `NO_PROXY`. A call whose connection breaks is never repeated here: whether it was heard
    nobody knows, and the outbox decides.

    Args:
        connections: at most so many at a time.
    """

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds that an answer may take, where a call says nothing else."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Open what requests need; a second time does nothing."""
        if self._session is None or self._session.closed:
            trusted = ssl.create_default_context()
            trusted.load_verify_locations(certifi.where())  # some machines have no certificates of their own
            connector = aiohttp.TCPConnector(limit=self._connections, ssl=trusted)
            # Not trust_env: aiohttp would look for a .netrc at each call, in another thread.
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def do_request(  # noqa: PLR0917 -- as its base class says
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request: its status and what was answered.

        Raises:
            TimedOut: where that took too long.
            NetworkError: where it failed otherwise.
        """
        if self._session is None or self._session.closed:
            raise NetworkError("the connection to Telegram is not open")
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=_seconds(pool_timeout, CONNECT_SECONDS) + _seconds(connect_timeout, CONNECT_SECONDS),
            sock_connect=_seconds(connect_timeout, CONNECT_SECONDS),
            sock_read=_seconds(read_timeout, READ_SECONDS),
        )
        body, kind = _body(request_data)
        headers = {"User-Agent": self.USER_AGENT, **kind}
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout, proxy=_proxy(urlsplit(url))
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:  # aiohttp's own are of this kind too
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            # Not its own words: they may name the address, and the token is a part of that.
            raise NetworkError(f"{type(error).__name__}: {_reason(error)}") from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """What was answered; a proxy's page instead is an error like any other, and no reason to fill the log with it."""
        try:
            answer = json.loads(payload)
        except ValueError:
            raise TelegramError("the answer is not Telegram's") from None
        if not isinstance(answer, dict):
            raise TelegramError("the answer is not Telegram's")
        return answer


class _Ready:
    """Parameters as they stand in the outbox, in the place of python-telegram-bot's, which would take them apart again."""

    contains_files = False

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.json_payload = json.dumps(parameters, ensure_ascii=False).encode()


@dataclass(frozen=True)
class Upload:
    """A file that goes with a call.

    Attributes:
        parameter: which of the method's parameters it is.
        filename: as whoever saves it sees it.
        mime: its kind, like "image/png".
    """

    parameter: str
    filename: str
    mime: str
    content: bytes


class _Form:
    """Parameters with a file, which travel as a form: texts as they are, all else as JSON."""

    contains_files = True

    def __init__(self, parameters: Mapping[str, Any], upload: Upload) -> None:
        self.json_parameters = {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in parameters.items()
            if name != upload.parameter
        }
        self.multipart_data = {upload.parameter: (upload.filename, upload.content, upload.mime)}


async def call(
    bot: Bot, method: str, parameters: Mapping[str, Any], seconds: float, upload: Upload | None = None
) -> Any:
    """Call a method of the Bot API by its name; returns its result as it came.

    Args:
        bot: whose token, address and transport to use.
        method: as Telegram spells it.
        parameters: to be sent as JSON.
        seconds: how long the answer may take.
        upload: a file that takes the place of one of the parameters.

    Raises:
        TelegramError: as python-telegram-bot's own methods do.
    """
    ready = cast("RequestData", _Form(parameters, upload) if upload else _Ready(parameters))
    return await bot.request.post(f"{bot.base_url}/{method}", request_data=ready, read_timeout=seconds)


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    if data is None:
        return None, {}
    if not data.contains_files:
        return data.json_payload, {"Content-Type": "application/json"}
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, {}


@lru_cache(maxsize=4)
def _proxy_of(scheme: str, host: str) -> str | None:
    if proxy_bypass(host):
        return None
    named = getproxies()
    proxy = named.get(scheme) or named.get("all")
    if proxy and not proxy.startswith(("http://", "https://")):
        variable = f"{scheme if named.get(scheme) else 'all'}_proxy".upper()
        raise NetworkError(f"{variable} names no http proxy: write it like http://127.0.0.1:7890, or unset it")
    return proxy


def _proxy(address: SplitResult) -> str | None:
    return _proxy_of(address.scheme, address.hostname or "")


def _seconds(given: Any, usual: float) -> float:
    return usual if given is None or isinstance(given, DefaultValue) else float(given)


def _reason(error: Exception) -> str:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    said = getattr(cause, "strerror", None)
    return str(said) if said else "the connection failed"
