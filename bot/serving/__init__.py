"""What answers now, and how new knowledge takes its place while people ask."""

from bot.serving.errands import RELOAD, run_errands
from bot.serving.holder import Serving
from bot.serving.reloading import Edition, Reloaded, reload

__all__ = ["RELOAD", "Edition", "Reloaded", "Serving", "reload", "run_errands"]
