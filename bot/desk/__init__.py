"""The desk: the page on which a hotline agent answers a caller, and the same for the hotline's own systems."""

from bot.desk.accounts import write_account
from bot.desk.service import Desk, run, serve

__all__ = ["Desk", "run", "serve", "write_account"]
