"""Loading the knowledge files beside the running knowledge, and putting them in its place if they have no mistake."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass

from bot import metrics
from bot.dialogue import Assistant
from bot.errors import KnowledgeError, Problem
from bot.knowledge import Knowledge, load_kept
from bot.log import safe
from bot.matching import Matcher
from bot.serving.holder import Serving
from bot.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Edition:
    """Which knowledge answers.

    Attributes:
        revision: of its files.
        entries: how many it has.
    """

    revision: str
    entries: int

    @classmethod
    def of(cls, knowledge: Knowledge) -> Edition:
        """What to call it."""
        return cls(knowledge.revision, len(knowledge.entries))


@dataclass(frozen=True)
class Reloaded:
    """What became of loading the knowledge anew.

    Attributes:
        before: what answered.
        after: what answers now; the same where the files have not changed, or could not be used.
        problems: the mistakes in the files, which were not used then.
        failure: why else they could not be used; empty if they could.
    """

    before: Edition
    after: Edition
    problems: tuple[Problem, ...] = ()
    failure: str = ""


async def reload(serving: Serving, settings: Settings) -> Reloaded:
    """Load the files anew, in a thread; let what they hold answer if they have no mistake."""
    before = Edition.of(serving.assistant.knowledge)
    try:
        use = await asyncio.to_thread(_prepare, serving, settings)
    except KnowledgeError as error:
        log.warning("the knowledge is not reloaded, revision %s goes on: %s", before.revision, error)
        return Reloaded(before, before, error.problems)
    except Exception as error:  # whatever it is, those who ask are served as before
        log.exception("the knowledge could not be reloaded, revision %s goes on", before.revision)
        return Reloaded(before, before, failure=safe(f"{type(error).__name__}: {error}"))
    if use is None:
        log.info("the knowledge files have not changed: revision %s", before.revision)
        return Reloaded(before, before)
    use()
    after = Edition.of(serving.assistant.knowledge)
    metrics.describe(after.revision, after.entries)
    log.info("the knowledge is reloaded: revision %s with %d entries, before %s", after.revision, after.entries, before)
    if gc.get_freeze_count():  # what is frozen is never looked through: the old knowledge would stay. This takes 0.1 s.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
    return Reloaded(before, after)


def _prepare(serving: Serving, settings: Settings) -> Callable[[], None] | None:
    knowledge = load_kept(settings.knowledge_dir, settings.cache_dir)
    if knowledge.revision == serving.assistant.knowledge.revision:
        return None
    matcher = Matcher.from_knowledge(knowledge, settings.cache_dir)
    return serving.prepare(Assistant(knowledge, matcher, settings.answer_at, settings.clarify_at))
