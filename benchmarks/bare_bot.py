"""python-telegram-bot as it comes, repeating what it hears: `python -m benchmarks.bare_bot BASE_URL TOKEN`, and
perhaps `concurrent`, or `webhook PORT SECRET`."""

from __future__ import annotations

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def _answer(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main() -> None:
    """Poll or listen until killed, with every setting as it comes, or with updates handled side by side."""
    base_url, token, *how = sys.argv[1:]
    builder = Application.builder().token(token).base_url(f"{base_url}/bot")
    application = builder.concurrent_updates(how == ["concurrent"]).build()
    application.add_handler(MessageHandler(filters.TEXT, _answer))
    if how[:1] == ["webhook"]:
        url = f"http://127.0.0.1:{how[1]}/telegram"
        application.run_webhook("127.0.0.1", int(how[1]), "telegram", webhook_url=url, secret_token=how[2])
    else:
        application.run_polling()


if __name__ == "__main__":
    main()
