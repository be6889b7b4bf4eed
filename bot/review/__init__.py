"""The knowledge under review: tested as its readers would use it."""

from bot.review.finding import Finding, Result
from bot.review.report import book, inventory, render, review

__all__ = ["Finding", "Result", "book", "inventory", "render", "review"]
