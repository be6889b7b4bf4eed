"""How often the right entry is found, beside what other ways of matching find in the same run.

    .venv/bin/python -m benchmarks.matching

Asked: `benchmarks/questions/*.yaml`, labelled questions none of which is a phrasing. The peers see the same phrasings: rapidfuzz
`WRatio` and `token_set_ratio`, and BM25 (Robertson's formula, k1 1.2, b 0.75) over jieba's words. They have no threshold of their
own, so only the first place is compared.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jieba
import yaml
from rapidfuzz import fuzz, process

from bot.dialogue import DetailReader, aspect_of
from bot.knowledge import Knowledge, load
from bot.matching import Matcher, decide, normalise

ROOT = Path(__file__).resolve().parent.parent
Find = Callable[[str], str]


def questions(name: str) -> list[dict[str, Any]]:
    """The labelled questions of a file."""
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / f"benchmarks/questions/{name}.yaml").read_text("utf-8"))
    return found


def fuzzy(knowledge: Knowledge, scorer: Callable[..., float]) -> Find:
    """Nearest phrasing by a rapidfuzz ratio."""
    pairs = [(normalise(p), entry_id) for entry_id, ps in knowledge.phrasings().items() for p in ps]
    texts = [text for text, _ in pairs]

    def find(text: str) -> str:
        best = process.extractOne(normalise(text), texts, scorer=scorer)
        return pairs[best[2]][1] if best else ""

    return find


def bm25(knowledge: Knowledge) -> Find:
    """Nearest phrasing by BM25 over words."""
    jieba.setLogLevel(60)
    documents = [
        (list(jieba.cut(normalise(p))), entry_id) for entry_id, ps in knowledge.phrasings().items() for p in ps
    ]
    mean = sum(len(words) for words, _ in documents) / len(documents)
    postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, (words, _) in enumerate(documents):
        for word, count in Counter(words).items():
            postings[word].append((number, count))

    def find(text: str) -> str:
        scores: defaultdict[int, float] = defaultdict(float)
        for word in jieba.cut(normalise(text)):
            found = postings.get(word, [])
            idf = math.log(1 + (len(documents) - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found:
                length = len(documents[number][0]) / mean
                scores[number] += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length))
        return documents[max(scores, key=scores.__getitem__)][1] if scores else ""

    return find


def first_place(find: Find, asked: list[dict[str, Any]]) -> tuple[float, float]:
    """Share of questions whose first candidate is right, and milliseconds a question."""
    start = time.perf_counter()
    right = sum(find(question["text"]) in question["expect"] for question in asked)
    return right / len(asked), (time.perf_counter() - start) / len(asked) * 1000


def main() -> None:
    """Print the README's tables."""
    knowledge = load(ROOT / "knowledge")
    matcher = Matcher.from_knowledge(knowledge)
    zh, en, none = (questions(name) for name in ("zh", "en", "none"))

    def ours(text: str) -> str:
        candidates = matcher.match(text, 1)
        return candidates[0].entry_id if candidates else ""

    print("| right entry in the first place | Chinese | English | ms |\n| --- | --- | --- | --- |")
    peers = {
        "shebao-bot": ours,
        "BM25 over jieba's words": bm25(knowledge),
        "rapidfuzz WRatio": fuzzy(knowledge, fuzz.WRatio),
        "rapidfuzz token_set_ratio": fuzzy(knowledge, fuzz.token_set_ratio),
    }
    for name, find in peers.items():
        (chinese, ms), (english, _) = first_place(find, zh), first_place(find, en)
        print(f"| {name} | {chinese:.3f} | {english:.3f} | {ms:.2f} |")
    print(
        "\n| what becomes of a question | answered right or asked back with it | answered wrong | said not to be known |"
    )
    print("| --- | --- | --- | --- |")
    for name, asked in (("Chinese, 330", zh), ("English, 130", en), ("not ours, 190", none)):
        outcomes: Counter[str] = Counter()
        for question in asked:
            decision, meant = decide(matcher.match(question["text"]))
            ids = [candidate.entry_id for candidate in meant]
            good = any(entry_id in ids for entry_id in question["expect"])
            outcomes["good" if good else "wrong" if decision == "answer" else decision] += 1
        shares = [outcomes[key] / len(asked) for key in ("good", "wrong", "none")]
        print(f"| {name} | {shares[0]:.3f} | {shares[1]:.3f} | {shares[2]:.3f} |")
    _details(knowledge, matcher, [*zh, *en])


def _details(knowledge: Knowledge, matcher: Matcher, asked: list[dict[str, Any]]) -> None:
    reader = DetailReader(matcher.canonical)
    right = taken = stated = aspects = 0
    for question in asked:
        aspects += aspect_of(question["text"]) == question.get("aspect")
        entry = knowledge.entries[question["expect"][0]]
        expected = {d: o for d, o in question.get("details", {}).items() if entry.detail(d)}
        found = reader.extract(entry, question["text"]).details
        taken += len(found)
        stated += len(expected)
        right += sum(expected.get(detail) == option for detail, option in found.items())
    print(f"\ndetails: precision {right / taken:.3f}, recall {right / stated:.3f}; aspect {aspects / len(asked):.3f}")


if __name__ == "__main__":
    main()
