"""Telegram: updates in, calls of the Bot API out, by way of the store."""

import os

# python-telegram-bot is changing how it gives times; this asks for the new way, without its warning at each use.
os.environ.setdefault("PTB_TIMEDELTA", "1")

import warnings

from telegram.warnings import PTBUserWarning

# The outbox holds calls as names and parameters, so they are made with do_api_request, which advises against itself.
warnings.filterwarnings("ignore", message="Please use 'Bot\\.", category=PTBUserWarning)
