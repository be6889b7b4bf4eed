"""What outlives the process: inbox, conversations, outbox, questions, feedback, in SQLite or PostgreSQL."""

from bot.storage.engine import migrate
from bot.storage.errands import Errand
from bot.storage.inspection import Backlog, Inspection, answers, backlog, inspect
from bot.storage.judgements import latest_judgements
from bot.storage.places import moved_call
from bot.storage.queues import Pace
from bot.storage.records import PRESSES, Judgement, Kept, Outgoing, Question, Received, Settled, Shown, Verdict
from bot.storage.statistics import Period, Statistics, Unanswered, statistics, unanswered
from bot.storage.store import MAX_ATTEMPTS, Store
from bot.storage.unit import LeaseLostError, Unit

__all__ = [
    "MAX_ATTEMPTS",
    "PRESSES",
    "Backlog",
    "Errand",
    "Inspection",
    "Judgement",
    "Kept",
    "LeaseLostError",
    "Outgoing",
    "Pace",
    "Period",
    "Question",
    "Received",
    "Settled",
    "Shown",
    "Statistics",
    "Store",
    "Unanswered",
    "Unit",
    "Verdict",
    "answers",
    "backlog",
    "inspect",
    "latest_judgements",
    "migrate",
    "moved_call",
    "statistics",
    "unanswered",
]
