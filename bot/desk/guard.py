"""What stands before every request of the desk: host, origin, session, login, CSRF token, and the headers of every answer."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.desk.accounts import Accounts

CSRF_HEADER = "x-csrf-token"
SESSION_SECONDS = 12 * 3600
"""A shift."""
_OPEN = ("/login", "/static/")
"""What is shown before the login."""
_CHANGES = ("/api/v1/feedback", "/logout")
"""Posts that change something; `/login` looks after its own token, which stands in its form."""
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), clipboard-write=(self)",
    # Not "no-referrer": browsers would hide the origin of our own forms too.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HTTPS = {"Strict-Transport-Security": "max-age=31536000"}
_BOUNCE = '<!doctype html><title>…</title><meta http-equiv="refresh" content="0">'


@dataclass(frozen=True)
class Policy:
    """Who is let in.

    Attributes:
        accounts: who may log in; None: nobody needs to, and only this machine's own names are answered to.
        key: signs the sessions.
        api_token: what another system shows; None: none may.
        secure: whether the desk can be reached from other machines, so that cookies go by https only.
    """

    accounts: Accounts | None
    key: str
    api_token: str | None
    secure: bool


Refuse = Callable[[Request, HTTPException], Response]


class Headers:
    """Sets the security headers of every answer, errors included."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        # A proxy on this machine, with TLS before it, tells so.
        secure = self._secure or dict(scope.get("headers", ())).get(b"x-forwarded-proto") == b"https"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (HEADERS | (HTTPS if secure else {})).items():
                    headers[name] = value
                if secure:
                    cookies = headers.getlist("set-cookie")
                    del headers["set-cookie"]
                    for cookie in cookies:
                        headers.append("set-cookie", f"{cookie}; secure")
                # What is shown may be about somebody; only the page's own files may be kept, and are asked for again.
                headers["Cache-Control"] = "no-cache" if scope["path"].startswith("/static/") else "no-store"
            await send(message)

        await self._app(scope, receive, answer)


class Guard:
    """Lets a request through, or says why not. Stands within the session.

    Args:
        app: what it guards.
        policy: who is let in.
        refuse: makes the answer for whoever is not.
    """

    def __init__(self, app: ASGIApp, *, policy: Policy, refuse: Refuse) -> None:
        self._app = app
        self._policy = policy
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            app = self._check(request) or self._app
        except HTTPException as error:
            app = self._refuse(request, error)
        await app(scope, receive, send)

    def _check(self, request: Request) -> Response | None:
        if self._policy.accounts is None:
            _refuse_other_hosts(request)
        posted = request.method not in {"GET", "HEAD", "OPTIONS"}
        if posted:
            _refuse_other_origins(request)
        path = path_of(request)
        if path.startswith("/api/") and self._shows_token(request):
            return None
        if not posted and _comes_from_elsewhere(request):
            # A link in another system: the browser withholds the strict cookie. Once more, from our own page, and it is sent.
            return HTMLResponse(_BOUNCE)
        if not path.startswith(_OPEN) and not self.logged_in(request.session):
            if path.startswith("/api/") or posted:
                raise HTTPException(401, "Log in, or show the token of SHEBAO_DESK_API_TOKEN")
            query = request.scope["query_string"].decode("latin-1")
            after = f"{path}?{query}" if query else path
            return RedirectResponse("/login" if after == "/" else f"/login?next={quote(after, safe='/')}", 303)
        if posted and path in _CHANGES:
            refuse_without_token(request, request.headers.get(CSRF_HEADER, ""))
        return None

    def logged_in(self, session: MutableMapping[str, Any]) -> bool:
        """Whether the session is that of an account which still has the password that it logged in with."""
        accounts = self._policy.accounts
        if accounts is None:
            return True
        mark = accounts.mark(str(session.get("name", "")), self._policy.key)
        return mark is not None and hmac.compare_digest(str(session.get("mark", "")), mark)

    def _shows_token(self, request: Request) -> bool:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if not shown or scheme.lower() != "bearer":
            return False
        token = self._policy.api_token
        if token is None or not hmac.compare_digest(shown.strip().encode("latin-1", "replace"), token.encode()):
            raise HTTPException(401, "The token is not that of SHEBAO_DESK_API_TOKEN", {"WWW-Authenticate": "Bearer"})
        return True


def path_of(request: Request) -> str:
    """The path that routes are found by. The one of `request.url` is read out of an address that the Host header is part of."""
    return str(request.scope["path"])


def csrf_token(session: MutableMapping[str, Any]) -> str:
    """The session's token, made when it is first asked for."""
    if not session.get("csrf"):
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def refuse_without_token(request: Request, shown: str) -> None:
    """Let through only who shows the session's token.

    Raises:
        HTTPException: 403 otherwise.
    """
    token = str(request.session.get("csrf", ""))
    if not token or not hmac.compare_digest(shown.encode("utf-8", "replace"), token.encode()):
        raise HTTPException(403, "The page is out of date: load it again")


def _refuse_other_hosts(request: Request) -> None:
    """Without a login only this machine may ask, under its own names: not a page whose name was made to point here."""
    host = ""
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        ours = ipaddress.ip_address(host).is_loopback
    except ValueError:
        ours = host == "localhost"
    if not ours or any(name in request.headers for name in _FORWARDED):
        raise HTTPException(
            403,
            "Only this machine may use the desk: to let others in, set SHEBAO_DESK_PASSWORD or SHEBAO_DESK_ACCOUNTS",
        )


def _refuse_other_origins(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "none") in {"cross-site", "same-site"}:
            raise HTTPException(403, "Another site may not post here")
    elif origin.partition("://")[2].lower() != request.headers.get("host", "").lower():
        raise HTTPException(403, "Another site may not post here")


def _comes_from_elsewhere(request: Request) -> bool:
    headers = request.headers
    return headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") == "navigate"
