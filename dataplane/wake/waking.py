"""A request that may wake an endpoint: the wake it asks for, how long it waits, and what it is told.

    ASLEEP, WAKING    503 with Retry-After; held, where it asked for that: 307 once a replica has the route
    AWAKE             the load balancer has not heard everywhere: a moment, then 307
    DRAINING          its wake turns the route back within seconds: it waits for that without having asked
    FAILED            its wake may be the one that is tried again; held only where that is due
    PAUSED            503, and no wake

Every wait but a second holds a leased slot, so that those who wait never take all of the account's runs.
"""

from __future__ import annotations

from typing import NamedTuple

from . import answers
from .answers import Reply
from .gate_cloud import CloudError, GateCloud, Look
from .gate_config import GateConfig
from .model import ASLEEP, AWAKE, DRAINING, FAILED, PAUSE, PAUSED, SLEEP, WAKING, State
from .slots import Slots
from .times import Times


class Asked(NamedTuple):
    """An authorized request for one of the endpoint's routes."""

    config: GateConfig
    began: float
    look: Look
    looked_at: float
    location: str
    """Where a redirect sends it."""
    hold_seconds: float | None
    """How long it would wait; None where it did not say."""
    wake_itself: bool
    """It asks for nothing but the wake."""


class Served(NamedTuple):
    """An answer, with what the log says of it."""

    reply: Reply
    waited_seconds: float = 0.0
    asked_for_wake: bool = False


class Waking:
    """Holds nothing; threads may use it at once. Calls raise `CloudError` and `ItemError`."""

    def __init__(self, cloud: GateCloud, slots: Slots, times: Times) -> None:
        self._cloud, self._slots, self._times = cloud, slots, times

    def serve(self, asked: Asked) -> Served:
        """A request that makes the model work."""
        return _Visit(self._cloud, self._slots, self._times, asked).serve()

    def serve_question(self, asked: Asked) -> Served:
        """Any other, which neither wakes nor is held."""
        return _Visit(self._cloud, self._slots, self._times, asked).serve_question()


class _Visit:
    """One request."""

    def __init__(self, cloud: GateCloud, slots: Slots, times: Times, asked: Asked) -> None:
        self._cloud, self._slots, self._times, self._asked = cloud, slots, times, asked
        self._waited, self._asked_for_wake = 0.0, False
        self._until = asked.began + min(asked.hold_seconds or 0.0, times.hold_max)

    def serve(self) -> Served:
        state = self._first_look()
        if state.name == AWAKE:
            return self._redirected(state)
        self._ask_if_asleep(state)
        seconds = self._may_wait(state)
        if seconds <= 0:
            return self._served(self._reply(state))
        with self._slots.one(self._cloud.now(), seconds + self._times.turn_max) as leased:
            if leased:
                state = self._wait(state, self._cloud.now() + seconds)
                if state.name == AWAKE:
                    self._sleep(self._pause(state))
        return self._served(self._reply(state))

    def serve_question(self) -> Served:
        state = self._first_look()
        if state.name == AWAKE:
            return self._redirected(state)
        if state.name in (WAKING, FAILED) or _pausing(state):
            return self._served(self._reply(state))
        return self._served(answers.asleep())

    def _first_look(self) -> State:
        """The one that came with the configuration, unless the token took its time since."""
        if self._cloud.now() - self._asked.looked_at > self._times.poll:
            return self._look()
        return self._known(self._asked.look)

    def _look(self) -> State:
        return self._known(self._cloud.look(self._asked.config.endpoint))

    def _known(self, look: Look) -> State:
        """An endpoint that no reconciler has looked at yet is asleep."""
        self._wakes = look.wakes
        return look.state or State(ASLEEP, self._cloud.now())

    def _ask_if_asleep(self, state: State) -> None:
        """Once for each sleep: while a wake waits, another one changes nothing."""
        if state.name in (WAKING, AWAKE) or _pausing(state):
            return
        if self._wakes <= state.wakes_seen:
            endpoint, now = self._asked.config.endpoint, self._cloud.now()
            self._cloud.add_wake(endpoint, state.wakes_seen, now)
        self._asked_for_wake = True

    def _may_wait(self, state: State) -> float:
        """Seconds from now; 0 for an answer at once."""
        now = self._cloud.now()
        if _pausing(state) or (state.name == FAILED and not 0 < state.retry_at <= now):
            return 0.0
        if self._asked.hold_seconds is not None:
            return self._until - now
        return self._times.drain if (state.name, state.goal) == (DRAINING, SLEEP) else 0.0

    def _wait(self, state: State, until: float) -> State:
        """The state that ends the wait, or the one at its end."""
        failed_before = state if state.name == FAILED else None
        still_since = self._cloud.now()
        while self._goes_on(state, failed_before):
            now = self._cloud.now()
            nobody_at_work = state.name in (ASLEEP, FAILED) and (
                now - still_since >= self._times.first_move
            )
            if now >= until or nobody_at_work:
                return state
            self._sleep(min(self._times.poll, until - now))
            before, state = state, self._look_again(state)
            if state.name != before.name:
                still_since = self._cloud.now()
        return state

    def _goes_on(self, state: State, failed_before: State | None) -> bool:
        if self._asked.hold_seconds is None:
            return state.name == DRAINING and state.goal == SLEEP
        if state.name == FAILED:
            return failed_before is not None and state.since == failed_before.since
        return state.name != AWAKE and not _pausing(state)

    def _look_again(self, state: State) -> State:
        """What was known, where the table does not say: a throttled look ends nobody's wait."""
        try:
            new = self._look()
            self._ask_if_asleep(new)
        except CloudError:
            return state
        return new

    def _redirected(self, state: State) -> Served:
        """Where no slot is free, a second: it keeps the client from running in a circle, and nobody from running."""
        pause, least = self._pause(state), self._times.turn_min
        if pause <= least:
            self._sleep(least)
        else:
            with self._slots.one(self._cloud.now(), pause) as leased:
                self._sleep(pause if leased else least)
        return self._served(self._reply(state))

    def _pause(self, state: State) -> float:
        now = self._cloud.now()
        pause = self._times.pause_before_redirect(state, now)
        if self._asked.hold_seconds is not None:
            pause = min(pause, self._until - now)
        return max(pause, self._times.turn_min)

    def _sleep(self, seconds: float) -> None:
        self._cloud.sleep(seconds)
        self._waited += seconds

    def _reply(self, state: State) -> Reply:
        asked, now = self._asked, self._cloud.now()
        if state.name == AWAKE:
            return answers.woken(AWAKE) if asked.wake_itself else answers.redirect(asked.location)
        if _pausing(state):
            return answers.paused()
        if state.name == FAILED:
            return answers.failed(state, self._times.until_retry(state, now))
        seconds = self._times.until_awake(asked.config, state, now)
        if asked.wake_itself:
            return answers.woken(state.name, seconds)
        return answers.scaling_up(seconds)

    def _served(self, reply: Reply) -> Served:
        return Served(reply, self._waited, self._asked_for_wake)


def _pausing(state: State) -> bool:
    return state.name == PAUSED or (state.name == DRAINING and state.goal == PAUSE)
