"""Telegram: updates in, calls of the Bot API out, by way of the store."""

import os

# python-telegram-bot is changing how it gives times; this asks for the new way, without its warning at each use.
os.environ.setdefault("PTB_TIMEDELTA", "1")
