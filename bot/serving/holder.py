"""The one place that says which assistant answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from bot.dialogue import Assistant

T = TypeVar("T")


class Serving:
    """The assistant that answers, and what is made of it. Another may take its place at any time, so ask anew each time.

    Args:
        assistant: the first.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._derived: list[_Derived[Any]] = []
        self._began = time.monotonic()

    @property
    def assistant(self) -> Assistant:
        """The one that answers now."""
        return self._assistant

    @property
    def uptime(self) -> float:
        """For how many seconds this process has answered."""
        return time.monotonic() - self._began

    def derive(self, make: Callable[[Assistant], T]) -> Callable[[], T]:
        """What `make` makes of the assistant; of the next one it is made before that one answers."""
        derived = _Derived(make, make(self._assistant))
        self._derived.append(derived)
        return derived

    def prepare(self, assistant: Assistant) -> Callable[[], None]:
        """Make of another assistant all that was derived; may run in a thread.

        Returns:
            what puts it in the place of the one that answers, all at once.
        """
        made = [(derived, derived.make(assistant)) for derived in self._derived]

        def use() -> None:
            self._assistant = assistant
            for derived, value in made:
                derived.value = value

        return use


class _Derived(Generic[T]):
    def __init__(self, make: Callable[[Assistant], T], value: T) -> None:
        self.make = make
        self.value = value

    def __call__(self) -> T:
        return self.value
