"""The pages: the desk, an entry, an article, the whole law; and the parts that the desk's scripts exchange."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import wording
from bot.answers import Quote, layout, plain
from bot.desk.bodies import read_message
from bot.desk.cases import Case, Cases
from bot.desk.guard import csrf_token
from bot.desk.lawbook import SEARCH_LENGTH, LawBook
from bot.desk.messages import Details, Identifier, Question
from bot.desk.rendering import Renderer, language_of
from bot.knowledge import Entry
from bot.privacy import redact


class Typed(BaseModel):
    """What stands in the search box."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Question


class Chosen(BaseModel):
    """An entry for a case."""

    model_config = ConfigDict(extra="forbid", strict=True)

    entry_id: Identifier
    details: Details | None = None
    question: Question = ""


class Searched(BaseModel):
    """What is looked for in the law."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, Field(max_length=SEARCH_LENGTH)]


class Pages:
    """The routes that a browser asks for.

    Args:
        cases: finds and answers.
        law: the statutes.
        renderer: fills templates.
        thresholds: from which confidence on an entry is answered, and offered.
        logged_in: whether there is a login, and so a way to log out.
    """

    def __init__(
        self, cases: Cases, law: LawBook, renderer: Renderer, thresholds: tuple[float, float], *, login: bool
    ) -> None:
        self._cases, self._law, self._renderer, self._thresholds = cases, law, renderer, thresholds
        self._login = login
        self._topics: dict[str, list[Entry]] = {
            topic: mine
            for topic in wording.TOPIC
            if (mine := [entry for entry in cases.knowledge.entries.values() if entry.topic == topic])
        }

    def routes(self) -> list[Route]:
        """All of them."""
        statutes = [name for name in self._cases.knowledge.statutes if name not in {"entry", "parts", "api", "static"}]
        return [
            Route("/", self._home),
            Route("/entry/{entry_id}", self._entry),
            *(Route(f"/{name}/{{number}}", self._article, name=name) for name in statutes),
            Route("/law", self._whole_law),
            Route("/parts/candidates", self._candidates, methods=["POST"]),
            Route("/parts/answer", self._answer, methods=["POST"]),
            Route("/parts/law", self._search_law, methods=["POST"]),
        ]

    # ------------------------------------------------------------------ whole pages

    async def _home(self, request: Request) -> Response:
        return self._page(request, "welcome.html", first=True)

    async def _entry(self, request: Request) -> Response:
        details = {name: value for name, value in request.query_params.items() if name != "lang"}
        case = self._cases.answer(str(request.path_params["entry_id"]), language_of(request), details)
        if case is None:
            raise HTTPException(404)
        return self._page(request, "answer.html", **_answer_values(case, ""))

    async def _article(self, request: Request) -> Response:
        number = str(request.path_params["number"])
        known = number.isascii() and number.isdecimal() and len(number) < 6
        quote = self._law.article(str(request.scope["path"]).split("/")[1], int(number)) if known else None
        if quote is None:
            raise HTTPException(404)
        return self._page(request, "article.html", **self._article_values(quote, request))

    async def _whole_law(self, request: Request) -> Response:
        statutes = self._cases.knowledge.statutes.values()
        shelves = [(each, [quote for quote in self._law.quotes if quote.statute == each.id]) for each in statutes]
        return self._page(request, "lawbook.html", shelves=shelves)

    # ------------------------------------------------------------------ parts of a page

    async def _candidates(self, request: Request) -> Response:
        typed = await read_message(request, Typed)
        found = self._cases.find(typed.text, language_of(request))
        return self._renderer.respond("candidates.html", request, found=found, thresholds=self._thresholds)

    async def _answer(self, request: Request) -> Response:
        chosen = await read_message(request, Chosen)
        case = self._cases.answer(chosen.entry_id, language_of(request), chosen.details, chosen.question)
        if case is None:
            raise HTTPException(404)
        return self._renderer.respond("answer.html", request, **_answer_values(case, redact(chosen.question)))

    async def _search_law(self, request: Request) -> Response:
        searched = await read_message(request, Searched)
        return self._renderer.respond("passed.html", request, passed=self._law.search(searched.text))

    # ------------------------------------------------------------------ what they hold

    def _page(self, request: Request, main: str, **values: Any) -> Response:
        return self._renderer.respond(
            "desk.html",
            request,
            main=main,
            topics=self._topics,
            csrf=csrf_token(request.session),
            account=str(request.session.get("name", "")),
            login=self._login,
            **{"first": False, **values},
        )

    def _article_values(self, quote: Quote, request: Request) -> Mapping[str, Any]:
        before, after = self._law.beside(quote)
        return {
            "quote": quote,
            "before": before,
            "after": after,
            "citing": self._law.citing(quote),
            "name": layout.quote_name(quote, language_of(request)),
            "text": plain.render_article(quote, language_of(request)),
        }


def _answer_values(case: Case, question: str) -> Mapping[str, Any]:
    known = "&".join(f"{name}={option}" for name, option in case.details.items())
    address = f"/entry/{case.entry.id}" + (f"?{known}" if known else "")
    return {"case": case, "answer": case.answer, "address": address, "question": question}
