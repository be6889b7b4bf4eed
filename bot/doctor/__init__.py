"""`shebao doctor`: what is wrong with this installation, and what to do about it."""

from bot.doctor.examination import examine, examine_quickly
from bot.doctor.finding import Finding, render

__all__ = ["Finding", "examine", "examine_quickly", "render"]
