"""What only the project's own questions are labelled for: what becomes of a question, its details, and its aspect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.datasets import LANGUAGES, OWN, DataSet, Query, own_questions
from benchmarks.markdown import figure, table
from bot.dialogue import DetailReader, aspect_of
from bot.knowledge import Knowledge
from bot.matching import ANSWER_AT, CLARIFY_AT, Matcher, decide


def report(data: DataSet, matcher: Matcher) -> None:
    """Print what the decisions make of the questions, and how well details and aspects are read.

    Args:
        data: the project's own questions.
        matcher: built from its knowledge.
    """
    print(f"**What becomes of a question**, answered from {ANSWER_AT} on and asked back from {CLARIFY_AT} on\n")
    header = [
        "questions",
        "answered right or asked back with it",
        "asked back without it",
        "answered wrong",
        "not known",
    ]
    groups = [(name, [q for q in data.in_scope if q.language == key]) for key, name in LANGUAGES.items()]
    rows = [_outcomes(name, queries, matcher) for name, queries in [*groups, ("out of scope", data.out_of_scope)]]
    print(table(header, rows))
    assert data.knowledge is not None
    if data.source == OWN:  # the others are not labelled for it
        print(_details(data.knowledge, matcher) + "\n", flush=True)


def outcome(query: Query, matcher: Matcher) -> str:
    """What becomes of a question: "good" (the right entry answered, or among those asked back with), "clarify" (asked back
    without it), "wrong" (another one answered) or "none" (said not to be known)."""
    decision, meant = decide(matcher.match(query.text))
    if any(candidate.entry_id in query.expect for candidate in meant):
        return "good"
    return "wrong" if decision == "answer" else decision


def _outcomes(name: str, queries: Sequence[Query], matcher: Matcher) -> list[str]:
    counts = Counter(outcome(query, matcher) for query in queries)
    shares = [counts[key] / len(queries) for key in ("good", "clarify", "wrong", "none")]
    return [f"{name}, {len(queries)}", *map(figure, shares)]


def _details(knowledge: Knowledge, matcher: Matcher) -> str:
    """Precision and recall over the details that questions state, and the share of questions whose aspect is read right."""
    reader = DetailReader(matcher.canonical, matcher.heard)
    right = taken = stated = aspects = 0
    asked = [*own_questions(OWN, "zh"), *own_questions(OWN, "en")]
    for question in asked:
        aspects += aspect_of(question["text"]) == question.get("aspect")
        entry = knowledge.entries[question["expect"][0]]
        expected = {d: o for d, o in question.get("details", {}).items() if entry.detail(d)}
        found = reader.extract(entry, question["text"]).details
        taken += len(found)
        stated += len(expected)
        right += sum(expected.get(detail) == option for detail, option in found.items())
    return (
        f"Details stated in the question: precision {right / taken:.3f}, recall {right / stated:.3f}; "
        f"the aspect asked for: {aspects / len(asked):.3f}."
    )
