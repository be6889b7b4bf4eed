"""Taking what tells who somebody is out of texts before anything is stored or logged."""

from bot.privacy.marks import MASK, blank
from bot.privacy.redaction import redact
from bot.privacy.updates import scrub

__all__ = ["MASK", "blank", "redact", "scrub"]
