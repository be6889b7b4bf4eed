"""Templates: every text escaped, no script and no style within the page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot import wording
from bot.answers import layout
from bot.desk.texts import SCRIPT_KEYS, TEXTS, Speech
from bot.language import Language, Written
from bot.metrics import release

LANGUAGE_COOKIE = "lang"
_YEAR = 365 * 24 * 3600


class Renderer:
    """Fills templates."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("bot.desk"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["marked"] = marked
        self._environment.globals.update(
            wording=wording, layout=layout, version=release(), grade=grade, percent=percent
        )

    def fill(self, template: str, language: Language, **values: Any) -> str:
        """A template in one language."""
        return self._environment.get_template(template).render(say=Speech(language), lang=language, **values)

    def respond(
        self, template: str, request: Request, status: int = 200, headers: dict[str, str] | None = None, **values: Any
    ) -> HTMLResponse:
        """A page or a part of one, in the request's language, which is remembered if the address names it."""
        language = language_of(request)
        said = json.dumps({key: TEXTS[key].of(language) for key in SCRIPT_KEYS}, ensure_ascii=False)
        response = HTMLResponse(
            self.fill(template, language, said=said, path=request.scope["path"], **values), status, headers
        )
        if request.query_params.get("lang") == language:
            response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="strict")
        return response


def language_of(request: Request) -> Written:
    """What the address names, what was chosen before, what the browser prefers; else Chinese."""
    preferred = request.headers.get("accept-language", "zh").strip().lower()[:2]
    for said in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE), preferred):
        if said in {"zh", "en"}:
            return "en" if said == "en" else "zh"
    return "zh"


def marked(text: str, words: Sequence[str]) -> Markup:
    """A text, escaped, with the words marked where they stand in it."""
    if not words:
        return escape(text)
    found = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    pieces, done = [], 0
    for hit in found.finditer(text):
        if hit.end() > hit.start():
            pieces += [escape(text[done : hit.start()]), Markup("<mark>"), escape(hit.group()), Markup("</mark>")]
            done = hit.end()
    return Markup("").join([*pieces, escape(text[done:])])


def percent(confidence: float) -> str:
    """As people read it: nothing is wholly sure, and nothing that is shown is impossible."""
    return "<1" if confidence < 0.01 else str(min(99, round(confidence * 100)))


def grade(confidence: float, answer_at: float, clarify_at: float) -> str:
    """How sure it is, in the words of `TEXTS`."""
    if confidence >= answer_at:
        return "sure"
    return "likely" if confidence >= clarify_at else "unsure"
