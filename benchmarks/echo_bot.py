"""The peer of `benchmarks.load`: python-telegram-bot as its introduction shows it, which repeats what it hears.

python -m benchmarks.echo_bot polling|concurrent BASE_URL
"""

from __future__ import annotations

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

TOKEN = "42:load"  # noqa: S105 -- of no bot


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main() -> None:
    """Serve until killed."""
    builder = Application.builder().token(TOKEN).base_url(f"{sys.argv[2]}/bot")
    if sys.argv[1] == "concurrent":
        builder = builder.concurrent_updates(True)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling(allowed_updates=["message"])


if __name__ == "__main__":
    main()
