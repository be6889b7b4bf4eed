"""A text cut where one thing that is said ends and the next begins, as far as each may ask for something. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dialogue.phrases import asks

_END = re.compile(
    r"[。！？!?；;…\n]+|\.(?=\s|$)|"
    # What joins a second question to the first, or leads from a story to its question.
    r"(?=另外|还有就是|还有一个|还想|顺便|再问|请问|想问|求问|我就想知道|我想知道)|"
    r"\band also\b|\b(?=by the way\b|my question is\b)|\band (?=(?:how|what|where|when|which|who|can|do|does|is|are|should)\b)",
    re.IGNORECASE,
)
_PAUSE = re.compile(r"[，,、：:—]+|\s-+\s")
_WORDS = re.compile(r"\w\W{0,3}\w")


@dataclass(frozen=True)
class Part:
    """A part of a text: a question with what is said right before it, or a sentence that asks for nothing.

    Attributes:
        clauses: what stands between its commas, with the marks.
        asks: whether it has the form of a question.
    """

    clauses: tuple[str, ...]
    asks: bool

    @property
    def text(self) -> str:
        """All of it."""
        return self.last(len(self.clauses))

    def last(self, count: int) -> str:
        """Its last clauses."""
        return "".join(self.clauses[-count:]).strip()


def parts(text: str) -> list[Part]:
    """The parts of a text in order. A sentence that asks twice is two: "怎么补，要多久"."""
    return [part for sentence in _pieces(_END, text) for part in _questions(sentence)]


def _questions(sentence: str) -> Iterator[Part]:
    gathered: list[str] = []
    open_: list[str] = []
    for clause in _pieces(_PAUSE, sentence):
        open_.append(clause)
        if asks(clause.strip()):
            if gathered:
                yield Part(tuple(gathered), asks=True)
            gathered, open_ = open_, []
    if gathered:
        yield Part((*gathered, *open_), asks=True)
    elif open_:
        yield Part(tuple(open_), asks=False)


def _pieces(between: re.Pattern[str], text: str) -> list[str]:
    """What stands between the marks, without what has no word in it. The mark stays with what it ends: "?" tells that it asks."""
    found, start = [], 0
    for mark in between.finditer(text):
        found.append(text[start : mark.end()])
        start = mark.end()
    found.append(text[start:])
    return [piece for piece in found if _WORDS.search(piece)]
