"""What outlives the process: inbox, conversations, outbox, questions, feedback, in SQLite or PostgreSQL."""

from bot.storage.engine import migrate
from bot.storage.inspection import Backlog, Inspection, answers, backlog, inspect
from bot.storage.judgements import latest_judgements
from bot.storage.queues import Pace
from bot.storage.records import Judgement, Outgoing, Question, Received, Settled, Verdict
from bot.storage.store import MAX_ATTEMPTS, Store
from bot.storage.unit import LeaseLostError, Unit

__all__ = [
    "MAX_ATTEMPTS",
    "Backlog",
    "Inspection",
    "Judgement",
    "LeaseLostError",
    "Outgoing",
    "Pace",
    "Question",
    "Received",
    "Settled",
    "Store",
    "Unit",
    "Verdict",
    "answers",
    "backlog",
    "inspect",
    "latest_judgements",
    "migrate",
]
