"""From the notice that the machine is taken away to its last request.

The group takes a machine out of the load balancer, then waits at its hook; a spot machine has two minutes. Either
way: not ready, Envoy tells callers to leave their connections, the hook hears from the agent while requests are in
flight, and
CONTINUE as soon as there are none, or the plan's `agent_drain_seconds` are over. A hook that nobody waits at yet
is told again: the notice may come before it.
"""

from __future__ import annotations

from collections.abc import Callable

from .cloud import Cloud
from .local_http import unix_post
from .log import log
from .readiness import Readiness
from .watch import read_in_flight

HEARTBEAT_SECONDS = 60.0
"""Of the termination hook, whose own time is 120 s."""
IDLE_LOOKS = 2
"""In a row, so that a request on its way from the load balancer is seen by the second one."""
DRAIN = "/drain_listeners?graceful&skip_exit"


class Leaving:
    """Of one machine; one thread looks."""

    def __init__(
        self,
        cloud: Cloud,
        readiness: Readiness,
        admin_socket: str,
        drain_seconds: Callable[[], float],
        time_scale: float = 1.0,
    ) -> None:
        self._cloud, self._readiness, self._admin = cloud, readiness, admin_socket
        self._drain_seconds, self._scale = drain_seconds, time_scale
        self._since: float | None = None
        self._heard_at = 0.0
        self._idle_looks = 0
        self._envoy_knows = self._over = False

    def look(self, now: float) -> None:
        """Each few seconds. Raises `OSError` where somebody does not answer; the next look goes on from there."""
        if self._over:
            return
        if self._since is None:
            if not self._cloud.interruption():
                return
            log("notice: this machine is taken away; no new request, running ones go on")
            self._readiness.drain()
            self._since = self._heard_at = now
        self._tell_envoy()
        if self._nothing_more_to_wait_for(now):
            self._over = self._cloud.left()
            if self._over:
                log(f"notice: nothing is in flight after {now - self._since:.0f} s")
        elif now - self._heard_at >= HEARTBEAT_SECONDS / self._scale:
            self._cloud.still_leaving()
            self._heard_at = now  # only what was heard counts: the next look asks again

    def _tell_envoy(self) -> None:
        """Until it has heard; without it there is nothing to drain."""
        if self._envoy_knows:
            return
        try:
            unix_post(self._admin, DRAIN)
            self._envoy_knows = True
        except OSError as error:
            log(f"notice: Envoy was not told: {error}")

    def _nothing_more_to_wait_for(self, now: float) -> bool:
        if self._since is not None and now - self._since > self._drain_seconds():
            return True
        try:
            in_flight = read_in_flight(self._admin)
        except (ConnectionRefusedError, FileNotFoundError):
            in_flight = 0  # there is no Envoy any more
        except (OSError, ValueError):
            in_flight = None  # not known is not idle
        self._idle_looks = self._idle_looks + 1 if in_flight == 0 else 0
        return self._idle_looks >= IDLE_LOOKS
