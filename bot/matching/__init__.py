"""Finding what is asked for: phrasings in, entries with a calibrated confidence out. Knows nothing of insurance."""

from bot.matching.matcher import ANSWER_AT, CLARIFY_AT, Candidate, Decision, KnowledgeBase, Matcher, decide
from bot.matching.normalise import fold, normalise

__all__ = [
    "ANSWER_AT",
    "CLARIFY_AT",
    "Candidate",
    "Decision",
    "KnowledgeBase",
    "Matcher",
    "decide",
    "fold",
    "normalise",
]
