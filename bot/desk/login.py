"""Logging in and out."""

from __future__ import annotations

import time
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.desk.accounts import Accounts
from bot.desk.attempts import Attempts
from bot.desk.bodies import posted
from bot.desk.guard import csrf_token, refuse_without_token
from bot.desk.rendering import Renderer, language_of
from bot.desk.texts import Speech


class Login:
    """The login form, and the way out.

    Args:
        accounts: who may log in.
        key: signs the sessions.
        renderer: fills templates.
    """

    def __init__(self, accounts: Accounts, key: str, renderer: Renderer) -> None:
        self._accounts, self._key, self._renderer = accounts, key, renderer
        self._attempts = Attempts()

    def routes(self) -> list[Route]:
        """`/login` and `/logout`."""
        return [
            Route("/login", self._form),
            Route("/login", self._log_in, methods=["POST"]),
            Route("/logout", self._log_out, methods=["POST"]),
        ]

    async def _form(self, request: Request) -> Response:
        return self._show(request, local_path(request.query_params.get("next", "")))

    async def _log_in(self, request: Request) -> Response:
        body = (await posted(request)).decode("utf-8", "replace")
        fields = {name: values[0] for name, values in parse_qs(body, max_num_fields=10).items()}
        after, name = local_path(fields.get("next", "")), fields.get("name", "").strip()[:40]
        # Not for the one name behind the one password: anybody could keep everybody out.
        keys = (f"address {request.client.host if request.client else ''}", *([f"name {name}"] * self._accounts.named))
        say = Speech(language_of(request))
        if not request.session.get("csrf"):
            return self._show(request, after, say("login_cookie"), 403, name=name)
        refuse_without_token(request, fields.get("csrf", ""))
        if wait := self._attempts.wait(keys, time.monotonic()):
            return self._show(
                request, after, say("login_wait", seconds=wait), 429, {"Retry-After": str(wait)}, name=name
            )
        # Before the check, so that attempts made at the same time count too.
        self._attempts.failed(keys, time.monotonic())
        found = await self._accounts.check(name, fields.get("password", ""))
        if found is None:
            wrong = "login_wrong" if self._accounts.named else "login_wrong_password"
            return self._show(request, after, say(wrong), 401, name=name)
        self._attempts.passed(keys)
        # A new session: what somebody else may have planted before is not carried over.
        request.session.clear()
        request.session.update(name=found, mark=self._accounts.mark(found, self._key) or "")
        return RedirectResponse(after, 303)

    async def _log_out(self, request: Request) -> Response:
        request.session.clear()
        return Response(status_code=204)

    def _show(
        self,
        request: Request,
        after: str,
        error: str = "",
        status: int = 200,
        headers: dict[str, str] | None = None,
        *,
        name: str = "",
    ) -> Response:
        return self._renderer.respond(
            "login.html",
            request,
            status,
            headers,
            csrf=csrf_token(request.session),
            after=after,
            error=error,
            named=self._accounts.named,
            name=name,
            ended="ended" in request.query_params,
        )


def local_path(after: str) -> str:
    """A path on this site, to go on to; the start in the place of anything else."""
    safe = after.startswith("/") and not after.startswith(("//", "/\\")) and after.isprintable() and after.isascii()
    return after if safe and len(after) < 500 else "/"
