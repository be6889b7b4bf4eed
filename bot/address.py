"""Where a server listens: a host and a port."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def address_of(listen: str) -> Address:
    """The parts of `host:port`; an IPv6 address stands in square brackets.

    Raises:
        ValueError: where it is no such text.
    """
    host, colon, port = listen.strip().rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not (host and colon and port.isascii() and port.isdecimal() and int(port) <= 65535) or (
        ":" in host and not bracketed
    ):
        raise ValueError("is no host and port: write it like 127.0.0.1:8081")
    return Address(host.strip("[]"), int(port))
