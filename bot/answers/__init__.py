"""Answers as data, and their renderings: Telegram's HTML, plain text, the short script, a picture of the papers."""

from bot.answers import fonts, layout, picture, plain, script, telegram
from bot.answers.answer import Answer, Line, Quote, Section, Stated, compose, quote

__all__ = [
    "Answer",
    "Line",
    "Quote",
    "Section",
    "Stated",
    "compose",
    "fonts",
    "layout",
    "picture",
    "plain",
    "quote",
    "script",
    "telegram",
]
