"""Logging in with wrong passwords: after a few, each has to wait longer."""

from __future__ import annotations

import math
from collections import OrderedDict

FREE = 5
"""So many may be wrong without waiting."""
LONGEST = 300.0
FORGET = 3600.0
_KEPT = 10_000


class Attempts:
    """Counts failures by whoever they come from and whomever they are for."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait(self, keys: tuple[str, ...], now: float) -> int:
        """Seconds until another attempt is heard; 0: now.

        Args:
            keys: what the attempt counts for, such as an address and a name.
            now: seconds by any clock that does not jump.
        """
        return max((self._wait(key, now) for key in keys), default=0)

    def failed(self, keys: tuple[str, ...], now: float) -> None:
        """Note a wrong password."""
        for key in keys:
            count, last = self._failed.pop(key, (0, now))
            self._failed[key] = (1 if now - last > FORGET else count + 1, now)
        while len(self._failed) > _KEPT:
            self._failed.popitem(last=False)

    def passed(self, keys: tuple[str, ...]) -> None:
        """Note a right one."""
        for key in keys:
            self._failed.pop(key, None)

    def _wait(self, key: str, now: float) -> int:
        count, last = self._failed.get(key, (0, 0.0))
        if count < FREE or now - last > FORGET:
            return 0
        pause = min(2.0 ** (count - FREE + 1), LONGEST)
        return max(0, math.ceil(last + pause - now))
