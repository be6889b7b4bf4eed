"""The terminal: the same conversation, typed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TextIO

from bot import wording
from bot.answers import plain
from bot.dialogue import Assistant, Choice, Conversation, Reply, Utterance
from bot.language import Language

PROMPT = "> "


def show(replies: Iterable[Reply], language: Language) -> str:
    """Replies as text; choices are numbered, and a reply may name the number."""
    parts = []
    for reply in replies:
        if reply.text:
            parts.append(reply.text)
        if reply.answer:
            parts.append(plain.render(reply.answer, language) + _related(reply.choices, language))
        elif reply.quote:
            parts.append(plain.render_article(reply.quote, language))
        elif reply.choices:
            parts[-1:] = ["\n".join([*parts[-1:], *_numbered(reply.choices)])]
    return "\n\n".join(parts)


def _numbered(choices: Sequence[Choice]) -> list[str]:
    return [f"  {number}. {choice.label}" for number, choice in enumerate(choices, 1)]


def _related(choices: Sequence[Choice], language: Language) -> str:
    if not choices:
        return ""
    titles = wording.LIST_COMMA.of(language).join(choice.label for choice in choices)
    return "\n" + wording.IF.of(language).format(label=wording.RELATED.of(language)) + titles


def chat(assistant: Assistant, source: TextIO = sys.stdin, target: TextIO = sys.stdout) -> None:
    """Talk until the input ends. Prompts are printed only for a person at a keyboard."""
    conversation = Conversation()
    typing = source.isatty() and target.isatty()
    if typing:
        import readline  # noqa: F401, PLC0415 -- importing it gives input() its line editing; it is not everywhere
    while True:
        try:
            line = input(PROMPT) if typing else source.readline()
        except (EOFError, KeyboardInterrupt):
            print(file=target)
            return
        except UnicodeDecodeError:
            line = "\n"
        if not typing and not line:
            return
        if typing and not line.strip():
            continue
        now = datetime.now(UTC)
        conversation, replies = assistant.respond(conversation, Utterance(line.rstrip("\n")), now)
        print(show(replies, conversation.language), end="\n\n", file=target, flush=True)
