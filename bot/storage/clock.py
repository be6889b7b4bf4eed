"""The time that all who share a database go by; it does not jump while something is in hand."""

from __future__ import annotations

import logging
import time

log = logging.getLogger(__name__)

STEP_SECONDS = 2.0
"""Less is drift, and taken over at once: a lease has more room than that."""
PATIENCE = 2
"""How often one looks at the clock before one goes by its new time, and again before one takes work by it."""


class Clock:
    """Seconds since 1970, UTC, by a clock that counts evenly, set every few seconds by one that may jump.

    A lease's end is a time. Were a jump followed at once, what is in hand would look abandoned and be done twice. A process
    that works alone renews its leases in the moment in which it goes by the new time. Of many, each first takes no more work,
    and goes by the new time only when all the others must have noticed too; when all of them have, they go on.

    Args:
        shared: whether others go by the same clock.
    """

    def __init__(self, *, shared: bool) -> None:
        self._shared = shared
        self._ahead = time.time() - time.monotonic()
        self._looks = 0
        self._set = False

    def now(self) -> float:
        """What time it is."""
        return time.monotonic() + self._ahead

    @property
    def settling(self) -> bool:
        """Whether no work may be taken yet, because of a jump."""
        return self._looks > 0

    def look(self, shown: float, asked: float) -> float:
        """By how many seconds it is to be `set`.

        Args:
            shown: what the other clock shows.
            asked: by `time.monotonic`, when it was looked at.
        """
        step = shown - self.now()
        if not self._set:
            return step
        small = abs(step) <= STEP_SECONDS
        if time.monotonic() - asked > STEP_SECONDS / 2:
            return 0.0  # the answer was so long on its way that it says nothing
        if self._looks:
            self._looks = (self._looks + 1) % (2 * PATIENCE + 1)
            return step if small or self._looks > PATIENCE else 0.0
        if small:
            return step
        log.warning("the clock has jumped by %+.0f s: leases are renewed by its new time", step)
        if self._shared:
            self._looks = 1
            return 0.0
        return step

    def set(self, step: float) -> None:
        """Go by the new time, once everything in hand is renewed by it."""
        self._ahead += step
        self._set = True
