"""A request as the gate sees it: the head only, never a body. Everything in it is the caller's to choose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

HOLD_HEADER = "x-scale-up-timeout"
_HOST = re.compile(r"([a-z0-9.-]{1,253})(?::[0-9]{1,5})?")
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PORT = re.compile(r"(?<=\d):[0-9]{1,5}$")


class HeaderError(ValueError):
    """A header that was meant for the gate and says nothing that it understands."""


class Request(NamedTuple):
    """`path` and `query` are as they were sent, still encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, tuple[str, ...]]
    """All values of each name, in lower case."""
    way_in: str = ""
    """Which of the gate's target groups it came through."""

    def host(self) -> str:
        """In lower case, without a port; empty where it is missing, doubled or no name."""
        values = self.headers.get("host", ())
        found = _HOST.fullmatch(values[0].lower()) if len(values) == 1 else None
        return found[1] if found else ""

    def authorization(self) -> str | None:
        """None where there is none; two are none that could be a token."""
        values = self.headers.get("authorization", ())
        return ", ".join(values) if values else None

    def caller(self) -> IPv4Address | IPv6Address | None:
        """The address that the load balancer appended, never one that the client wrote; None where it is none."""
        values = self.headers.get("x-forwarded-for", ())
        last = values[-1].rpartition(",")[2].strip() if values else ""
        last = _PORT.sub("", last) if last.count(":") == 1 else last
        try:
            address = ip_address(last)
        except ValueError:
            return None
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return mapped or address

    def hold_seconds(self) -> float | None:
        """How long the caller would wait for a replica; None where it did not say.

        Raises `HeaderError` where it cannot be read. To ignore it would be to send a caller away at once that asked to
        wait, without a word: such a one hears what is wrong, and asleep or awake, at its first test.
        """
        values = self.headers.get(HOLD_HEADER)
        if values is None:
            return None
        if len(values) != 1 or not _SECONDS.fullmatch(values[0].strip()):
            raise HeaderError("X-Scale-Up-Timeout must be one number of seconds, 0 or more")
        return float(values[0])
