"""The OpenAPI document of `/api/v1`, made from the messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.desk import messages as m
from bot.metrics import release

_MESSAGES: tuple[type[BaseModel], ...] = (
    m.MatchRequest,
    m.MatchResponse,
    m.AnswerRequest,
    m.AnswerResponse,
    m.ArticleOut,
    m.ArticlesResponse,
    m.FeedbackRequest,
    m.FeedbackResponse,
    m.ErrorResponse,
)
_REFUSALS = {
    400: "It is no JSON.",
    401: "Neither logged in nor with a token.",
    403: "A change without the token that proves where it comes from, or a request from another site.",
    404: "There is nothing of that name.",
    408: "It took too long to come.",
    413: "It is longer than 64 KiB.",
    415: "It is no application/json.",
    422: "A field is wrong; the error names it.",
    503: "The database does not answer.",
}
_READING = (401, 403, 422)
_POSTING = (400, 401, 403, 408, 413, 415, 422)
_LANGUAGE = {
    "name": "language",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "enum": ["zh", "en"], "default": "zh"},
}


def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    _, definitions = models_json_schema(
        [(message, "validation" if message.__name__.endswith("Request") else "serialization") for message in _MESSAGES],
        ref_template="#/components/schemas/{model}",
    )
    article = [
        {
            "name": "statute",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "examples": ["law", "handling"]},
        },
        {
            "name": "number",
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": 99999},
        },
        _LANGUAGE,
    ]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "shebao-bot desk",
            "version": release(),
            "description": "Answers about China's social insurance, for a hotline's own systems. Questions are posted, so that"
            " no personal data gets into an address.",
        },
        "paths": {
            "/api/v1/match": {
                "post": _posting("match", "Which entries a question may ask for", m.MatchRequest, m.MatchResponse)
            },
            "/api/v1/answer": {
                "post": _posting(
                    "answer", "An entry's answer for a case", m.AnswerRequest, m.AnswerResponse, others=(404,)
                )
            },
            "/api/v1/articles": {"get": _reading("articles", "All articles", m.ArticlesResponse, [_LANGUAGE])},
            "/api/v1/articles/{statute}/{number}": {
                "get": _reading("article", "An article", m.ArticleOut, article, others=(404,))
            },
            "/api/v1/feedback": {
                "post": _posting(
                    "feedback",
                    "Report a question that was not answered, or an answer that is wrong or outdated",
                    m.FeedbackRequest,
                    m.FeedbackResponse,
                    status=201,
                    others=(404, 503),
                )
            },
        },
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _posting(
    name: str,
    summary: str,
    request: type[BaseModel],
    response: type[BaseModel],
    *,
    status: int = 200,
    others: tuple[int, ...] = (),
) -> dict[str, Any]:
    body = {"required": True, "content": _content(request)}
    return _operation(name, summary, response, (*_POSTING, *others), status) | {"requestBody": body}


def _reading(
    name: str,
    summary: str,
    response: type[BaseModel],
    parameters: Sequence[Mapping[str, Any]],
    *,
    others: tuple[int, ...] = (),
) -> dict[str, Any]:
    return _operation(name, summary, response, (*_READING, *others), 200) | {"parameters": parameters}


def _operation(
    name: str, summary: str, response: type[BaseModel], refusals: tuple[int, ...], status: int
) -> dict[str, Any]:
    good = {str(status): {"description": response.__doc__, "content": _content(response)}}
    bad = {
        str(code): {"description": _REFUSALS[code], "content": _content(m.ErrorResponse)} for code in sorted(refusals)
    }
    return {"operationId": name, "summary": summary, "responses": good | bad}


def _content(message: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{message.__name__}"}}}
