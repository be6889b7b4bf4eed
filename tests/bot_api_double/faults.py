"""Faults a test orders in advance: refusals, broken answers, delays, lost connections."""

from __future__ import annotations

import threading
from dataclasses import dataclass

BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    "<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass
class Fault:
    """What goes wrong with a call; `status` None means that only the delay or the loss happens."""

    method: str
    times: int
    status: int | None
    retry_after: int
    reset: bool
    delay: float
    after_effect: bool
    description: str | None

    @property
    def label(self) -> str:
        """How the fault is named in the record of the call."""
        parts = [
            f"delay {self.delay}" if self.delay else "",
            "after effect" if self.after_effect else "",
            "reset" if self.reset else "",
            str(self.status) if self.status is not None and not self.reset else "",
        ]
        return ", ".join(part for part in parts if part)


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Orders a fault."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Cancels all faults that have not happened yet."""
        with self._lock:
            self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        """The fault that befalls this call, if any; "*" stands for every method."""
        with self._lock:
            for fault in self._waiting:
                if fault.method == "*" or fault.method.lower() == method.lower():
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                    return fault
            return None
