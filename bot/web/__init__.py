"""The bot's own HTTP server: health, readiness and metrics, and whatever routes a channel brings."""

from bot.web.bodies import read_body
from bot.web.probes import Check, metrics_route, probe_routes
from bot.web.server import Listener

__all__ = ["Check", "Listener", "metrics_route", "probe_routes", "read_body"]
