"""Answers as data, and their renderings: Telegram's HTML, plain text, and the short script."""

from bot.answers import layout, plain, script, telegram
from bot.answers.answer import Answer, Line, Quote, Section, compose, quote

__all__ = ["Answer", "Line", "Quote", "Section", "compose", "layout", "plain", "quote", "script", "telegram"]
