"""One question, one answer: for scripts, and for whoever wants it without a conversation."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bot.answers import Answer, plain
from bot.channels import terminal
from bot.dialogue import Assistant, Conversation, Reply, Utterance, state_of
from bot.knowledge import UNKNOWN
from bot.language import Language
from bot.matching import Matcher, decide


def ask(assistant: Assistant, question: str, form: str | None = None, language: Language | None = None) -> str:
    """What is said to one question; details that it does not state are taken as unknown, so every case is shown.

    Args:
        form: "plain", "script", "json", or None for what the terminal chat prints.
        language: of the answer; None: the question's.
    """
    now = datetime.now(UTC)
    conversation, replies = assistant.respond(Conversation(), Utterance(question), now)
    if language:
        conversation = conversation.model_copy(update={"language": language})
        replies = assistant.repeat(conversation) or replies
    while conversation.phase == "asking":
        conversation, replies = assistant.respond(conversation, Utterance(choice=UNKNOWN), now)
    said = language or conversation.language
    answer = next((reply.answer for reply in replies if reply.answer), None)
    if form == "json":
        return json.dumps(_as_data(question, conversation, replies, answer, said), ensure_ascii=False, indent=2)
    if answer and form == "script":
        return plain.render_script(answer, said)
    if answer and form == "plain":
        return plain.render(answer, said)
    return terminal.show(replies, said)


def explain(matcher: Matcher, question: str, answer_at: float, clarify_at: float) -> str:
    """Why a question is answered, asked back or not known: for whoever edits the knowledge."""
    why = matcher.explain(question)
    decision, _ = decide(matcher.match(question), answer_at, clarify_at)
    lines = [
        f"read as      {why.canonical}" + ("  (pinyin: compared by sound)" if why.by_sound else ""),
        f"decision     {decision}  (answer from {answer_at:g} on, ask back from {clarify_at:g} on)",
    ]
    names = ["", "candidate", "runner-up", "third"]
    best = why.reasons[:3]
    for name, reason in zip(names[1:], best, strict=False):
        lines += [
            "",
            f"{name:<12} {reason.entry_id or 'elsewhere: no entry'}  {reason.confidence:.3f}",
            f"  nearest    {reason.phrasing}",
            f"  matched    {' | '.join(reason.matched) or '-'}",
            f"  covered    {reason.covered:.0%} of the question's weight",
        ]
    if best:
        header = "".join(f"{name:>20}" for name in names[1 : len(best) + 1])
        lines += ["", f"{'feature: value → adds':<22}{header}"]
        for parts in zip(*(reason.parts for reason in best), strict=True):
            cells = "".join(f"{part.value:>11.2f} → {part.adds:>+6.2f}" for part in parts)
            lines.append(f"  {parts[0].name:<20}{cells}")
        lines.append(f"  {'sum: log-odds':<20}" + "".join(f"{sum(p.adds for p in r.parts):>+20.2f}" for r in best))
    return "\n".join(lines)


def _as_data(
    question: str, conversation: Conversation, replies: tuple[Reply, ...], answer: Answer | None, language: Language
) -> dict[str, Any]:
    data: dict[str, Any] = {"question": question, "language": language, "state": state_of(conversation, replies)}
    if answer is None:
        data["text"] = terminal.show(replies, language)
        data["choices"] = [{"id": c.id, "label": c.label} for reply in replies for c in reply.choices]
        return data
    return data | {
        "entry_id": answer.entry_id,
        "revision": answer.revision,
        "aspect": answer.aspect,
        "details": dict(conversation.details),
        "title": answer.title.of(language),
        "summary": answer.summary.of(language),
        "script": answer.script.of(language),
        "sections": [{"kind": s.kind, "lines": [line.of(language) for line in s.lines]} for s in answer.sections],
        "citations": [
            {
                "statute": quote.statute,
                "article": quote.number,
                "why": quote.why.of(language) if quote.why else "",
                "text": quote.text.of(language),
                "word_for_word": quote.word_for_word,
            }
            for quote in answer.quotes
        ],
        "sources": [source.of(language) for source in answer.sources],
        "see": [entry_id for entry_id, _ in answer.see],
    }
