"""What goes in and out of `/api/v1`. The OpenAPI document is made from these."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from bot.knowledge import Aspect, Topic
from bot.language import Written
from bot.matching import Decision

QUESTION_LENGTH = 4096
NOTE_LENGTH = 1000
_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _storable(text: str) -> str:
    # The one character that no database takes.
    return text.replace("\0", "\ufffd")


def _whole(number: object) -> object:
    # In JSON 4.0 is a whole number.
    return int(number) if isinstance(number, float) and number.is_integer() else number


Identifier = Annotated[str, StringConstraints(pattern=_ID, max_length=48)]
Question = Annotated[str, StringConstraints(max_length=QUESTION_LENGTH), AfterValidator(_storable)]
Note = Annotated[str, StringConstraints(max_length=NOTE_LENGTH), AfterValidator(_storable)]
Details = Annotated[
    dict[Identifier, Identifier],
    Field(max_length=20, description="detail id to option id"),
    # pydantic says the pattern of the names in a way that lets every other name through.
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": _ID, "maxLength": 48},
            "additionalProperties": {"type": "string", "pattern": _ID, "maxLength": 48},
            "maxProperties": 20,
            "description": "detail id to option id",
        }
    ),
]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class MatchRequest(_Message):
    """A question, or half of one."""

    text: Annotated[Question, StringConstraints(min_length=1)]
    limit: Annotated[int, Field(ge=1, le=10), BeforeValidator(_whole)] = 5
    language: Written | None = Field(None, description="of the titles; left out: the question's")


class CandidateOut(_Message):
    """An entry that may be meant."""

    entry_id: str
    title: str
    topic: Topic
    confidence: Annotated[float, Field(ge=0, le=1)]
    matched: list[str] = Field(description="words of the question, as read, that stand in the entry's nearest phrasing")


class ArticleRef(_Message):
    """An article that the text names."""

    statute: str
    number: int
    name: str


class MatchResponse(_Message):
    """What a question may ask for."""

    decision: Decision
    candidates: list[CandidateOut]
    articles: list[ArticleRef]
    details: dict[str, str] = Field(description="details of the first candidate that the text states")
    language: Written


class AnswerRequest(_Message):
    """Which entry to answer, for which case."""

    entry_id: Identifier
    details: Details | None = Field(None, description="left out: what the question states")
    question: Question = ""
    language: Written | None = Field(None, description="left out: the question's; without one, Chinese")


class OptionOut(_Message):
    """A possible value of a detail."""

    id: str
    label: str


class DetailOut(_Message):
    """A detail that the answer depends on."""

    id: str
    ask: str
    options: list[OptionOut]
    chosen: str | None = Field(description="an option, or `unknown`; null: open")


class SectionOut(_Message):
    """A part of the answer."""

    kind: str
    heading: str
    lines: list[str]


class CitationOut(_Message):
    """An article that the answer rests on."""

    statute: str
    number: int
    name: str
    why: str
    text: str
    word_for_word: bool


class TextsOut(_Message):
    """The answer as plain text, ready to copy; empty where there is none."""

    script: str
    full: str
    materials: str
    law: str
    sms: Annotated[str, StringConstraints(max_length=300)]


class AnswerResponse(_Message):
    """An entry's answer."""

    entry_id: str = Field(description="another than was asked for, where an option leads there")
    revision: str
    language: Written
    title: str
    summary: str
    aspect: Aspect | None
    details: dict[str, str]
    asked: list[DetailOut]
    sections: list[SectionOut]
    citations: list[CitationOut]
    sources: list[str]
    see: list[str]
    texts: TextsOut
    reference: str


class ArticleOut(_Message):
    """An article of a statute."""

    statute: str
    number: int
    name: str
    chapter: str | None
    text: str
    word_for_word: bool
    entries: list[str] = Field(description="that rest on it")


class ArticlesResponse(_Message):
    """Articles in order."""

    revision: str
    articles: list[ArticleOut]


class FeedbackRequest(_Message):
    """What somebody thinks of an answer, or that there was none."""

    verdict: Literal["not-answered", "wrong"]
    question: Question = ""
    entry_id: Identifier | None = None
    details: Details = {}
    note: Note = ""
    language: Written = "zh"


class FeedbackResponse(_Message):
    """That it is kept."""

    id: int


class ErrorResponse(_Message):
    """What is wrong with a request, and what to do."""

    error: str
