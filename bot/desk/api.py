"""`/api/v1`: the desk for the hotline's own systems, and for the page's feedback."""

from __future__ import annotations

import logging

from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.answers import Quote, layout
from bot.desk import messages as m
from bot.desk.bodies import read_message
from bot.desk.cases import Case, Cases, unknown_details
from bot.desk.lawbook import LawBook
from bot.desk.openapi import document
from bot.language import WRITTEN, Written, detect, written
from bot.privacy import redact
from bot.storage import Question, Store, Verdict

log = logging.getLogger(__name__)

VERSION = "v1"
BASE = f"/api/{VERSION}"
_VERDICTS: dict[str, Verdict] = {"not-answered": "none", "wrong": "bad"}
_OUTCOMES = {"not-answered": "none", "wrong": "answered"}


class Api:
    """The routes under `/api/v1`.

    Args:
        cases: finds and answers.
        law: the statutes.
        store: keeps feedback.
    """

    def __init__(self, cases: Cases, law: LawBook, store: Store) -> None:
        self._cases, self._law, self._store = cases, law, store
        self._document = document()

    def routes(self) -> list[Route]:
        """Match, answer, articles, feedback, and the document that describes them."""
        return [
            Route(f"{BASE}/match", self._match, methods=["POST"]),
            Route(f"{BASE}/answer", self._answer, methods=["POST"]),
            Route(f"{BASE}/articles", self._articles),
            Route(f"{BASE}/articles/{{statute}}/{{number}}", self._article),
            Route(f"{BASE}/feedback", self._feedback, methods=["POST"]),
            Route(f"{BASE}/openapi.json", self._openapi),
        ]

    async def _openapi(self, _request: Request) -> Response:
        return JSONResponse(self._document)

    async def _match(self, request: Request) -> Response:
        asked = await read_message(request, m.MatchRequest)
        language = asked.language or written(detect(asked.text) or "zh")
        found = self._cases.find(asked.text, language, asked.limit)
        return _json(
            m.MatchResponse(
                decision=found.decision,
                candidates=[
                    m.CandidateOut(
                        entry_id=hit.entry.id,
                        title=hit.entry.title.of(language),
                        topic=hit.entry.topic,
                        confidence=round(hit.confidence, 4),
                        matched=list(hit.words),
                    )
                    for hit in found.hits
                ],
                articles=[
                    m.ArticleRef(statute=each.statute, number=each.number, name=layout.quote_name(each, language))
                    for each in found.articles
                ],
                details=dict(found.details),
                language=language,
            )
        )

    async def _answer(self, request: Request) -> Response:
        asked = await read_message(request, m.AnswerRequest)
        language = asked.language or written(detect(asked.question) or "zh")
        self._refuse_unknown(asked.entry_id, asked.details or {})
        case = self._cases.answer(asked.entry_id, language, asked.details, asked.question)
        assert case is not None
        return _json(_answer_out(case))

    async def _articles(self, request: Request) -> Response:
        language = _language(request)
        return _json(
            m.ArticlesResponse(
                revision=self._cases.knowledge.revision,
                articles=[self._article_out(each, language) for each in self._law.quotes],
            )
        )

    async def _article(self, request: Request) -> Response:
        number = str(request.path_params["number"])
        known = number.isascii() and number.isdecimal() and len(number) < 6
        found = self._law.article(str(request.path_params["statute"]), int(number)) if known else None
        if found is None:
            raise HTTPException(404, "There is no such article: GET /api/v1/articles lists them")
        return _json(self._article_out(found, _language(request)))

    async def _feedback(self, request: Request) -> Response:
        given = await read_message(request, m.FeedbackRequest)
        if given.entry_id is not None:
            self._refuse_unknown(given.entry_id, given.details)
        details = given.details if given.entry_id else {}
        question = Question(redact(given.question), given.language, _OUTCOMES[given.verdict], given.entry_id, details)
        revision = self._cases.knowledge.revision
        try:
            number = await self._store.report(question, _VERDICTS[given.verdict], redact(given.note), revision)
        except (SQLAlchemyError, OSError) as error:
            log.warning("feedback could not be stored (%s)", error)
            raise HTTPException(503, "The database does not answer: try again later") from None
        return _json(m.FeedbackResponse(id=number), 201)

    def _refuse_unknown(self, entry_id: str, details: m.Details) -> None:
        entry = self._cases.knowledge.entries.get(entry_id)
        if entry is None:
            raise HTTPException(404, "There is no such entry: POST /api/v1/match finds them")
        if unknown := unknown_details(entry, details):
            raise HTTPException(404, f"details: the entry has no {unknown[0]}")

    def _article_out(self, found: Quote, language: Written) -> m.ArticleOut:
        return m.ArticleOut(
            statute=found.statute,
            number=found.number,
            name=layout.quote_name(found, language),
            chapter=found.chapter.of(language) if found.chapter else None,
            text=found.text.of(language),
            word_for_word=found.word_for_word,
            entries=[entry.id for entry in self._law.citing(found)],
        )


def _answer_out(case: Case) -> m.AnswerResponse:
    answer, language = case.answer, case.language
    return m.AnswerResponse(
        entry_id=answer.entry_id,
        revision=answer.revision,
        language=language,
        title=answer.title.of(language),
        summary=answer.summary.of(language),
        aspect=answer.aspect,
        details=dict(case.details),
        asked=[
            m.DetailOut(
                id=each.detail.id,
                ask=each.detail.ask.of(language),
                options=[m.OptionOut(id=o.id, label=o.label.of(language)) for o in each.detail.options],
                chosen=each.chosen,
            )
            for each in case.asked
        ],
        sections=[
            m.SectionOut(
                kind=section.kind,
                heading=layout.heading(section.kind, language),
                lines=[line.of(language) for line in section.lines],
            )
            for section in answer.sections
        ],
        citations=[
            m.CitationOut(
                statute=each.statute,
                number=each.number,
                name=layout.quote_name(each, language),
                why=layout.reason(each, language),
                text=each.text.of(language),
                word_for_word=each.word_for_word,
            )
            for each in answer.quotes
        ],
        sources=[source.of(language) for source in answer.sources],
        see=[entry_id for entry_id, _ in answer.see],
        texts=m.TextsOut(**case.texts),
        reference=case.reference,
    )


def _language(request: Request) -> Written:
    """The language that the address names, and nothing else.

    Raises:
        HTTPException: where it names anything else.
    """
    said = request.query_params.multi_items()
    if said and (len(said) > 1 or said[0][0] != "language" or said[0][1] not in WRITTEN):
        raise HTTPException(422, "language: zh or en, and no other parameter")
    return "en" if said and said[0][1] == "en" else "zh"


def _json(message: BaseModel, status: int = 200) -> Response:
    return Response(message.model_dump_json(), status, media_type="application/json")
