"""What outlives the process: inbox, conversations, outbox, questions, feedback, in SQLite or PostgreSQL."""

from bot.storage.store import MAX_ATTEMPTS, Outgoing, Question, Received, Store, Unit

__all__ = ["MAX_ATTEMPTS", "Outgoing", "Question", "Received", "Store", "Unit"]
