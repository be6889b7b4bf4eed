"""Finding what is asked for: phrasings in, entries with a calibrated confidence out. Knows nothing of insurance."""

from bot.matching.decision import ANSWER_AT, CLARIFY_AT, Decision, decide
from bot.matching.explanation import Explanation
from bot.matching.initials import Beginning, Beginnings
from bot.matching.matcher import Candidate, KnowledgeBase, Matcher
from bot.matching.normalise import fold, normalise
from bot.matching.pinyin import spoken

__all__ = [
    "ANSWER_AT",
    "CLARIFY_AT",
    "Beginning",
    "Beginnings",
    "Candidate",
    "Decision",
    "Explanation",
    "KnowledgeBase",
    "Matcher",
    "decide",
    "fold",
    "normalise",
    "spoken",
]
