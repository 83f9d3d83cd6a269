"""When an endpoint wakes, serves, drains, sleeps, fails and pauses: one pure function, the same for every cloud.

Each run acts on what it observes, not on which event came. The state is compare-and-set; then come the calls that
make the cloud look like it, each of which may be repeated, lost or late, and is made again while the cloud differs.

What holds, whatever is lost, doubled, late or killed (tests/unit/dataplane/wake/test_invariants.py walks every order):

    asked      however many requests ask, one wake: a wake is a number that grows, and `wakes_seen` has caught up or not
    nothing    sleeps with a request in flight, with a report that is missing, or before `idle_seconds` have passed
    zero       is asked for only while the route is seen at the gate, `SETTLE_SECONDS` after it was first seen there
    first      a wake that waits is acted on before any sleep; one that comes too late for this wakes from ASLEEP
    replicas   get the route only when one is healthy, and lose it before they go
    between    0 and the planned number: never a size above `max(1, min_replicas)` is asked for that was not there
    paused     stays paused; FAILED stays at zero machines until its time, a command or a new configuration
    late       calls (at most `FENCE_SECONDS` after their write) hit no state that they could harm
"""

from __future__ import annotations

from .model import (
    ASLEEP,
    AWAKE,
    DRAINING,
    FAILED,
    GATE,
    NEVER_READY,
    NO_CAPACITY,
    PAUSE,
    PAUSED,
    REPLICAS,
    ROLLED_BACK,
    ROLLOUT_FAILED,
    RUNNING,
    SLEEP,
    WAKING,
    ZERO,
    Buy,
    Decision,
    Observed,
    Refresh,
    Resize,
    State,
    Turn,
)

FENCE_SECONDS = 15.0
"""A call is made at most this long after its state was written; a group that was told to be empty may be told so
again until then, so that nothing is served before."""
SETTLE_SECONDS = 20.0
"""From the rule seen at the gate to no new request at a replica: not documented by any cloud, assumed."""
REPORT_SECONDS = 60.0
"""A report whose counts are older is missing."""
SILENT_SECONDS = 120.0
"""A sleep that reports are missing for is given up after it."""
UNHEALTHY_SECONDS = 60.0
STARTS_MAX = 3
"""Given-up starts, or deadlines of one, after which a wake has failed."""
RETRY_SECONDS = (900.0, 3600.0)
"""After the first and second failure in a row; then, unless it was for want of capacity, only by command or a new
configuration."""
REFRESHES_MAX = 3
SPOT_SECONDS, ON_DEMAND_SECONDS = 180.0, 3600.0
RECENT_WAKES = 20


def decide(state: State | None, seen: Observed, now: float) -> Decision:
    """What to write and what to call. `state` is None before the first run."""
    state = state or _first(seen, now)
    state = _rollout(_noted(state, seen, now), seen)
    state = _RULES[state.name](state, seen, now)
    state = _spot(state, seen, now)
    calls = (*_route(state, seen), *_size(state, seen, now), *_machines(state, seen))
    return Decision(state, calls)


# --- from state to state -----------------------------------------------------------------------


def _asleep(state: State, seen: Observed, now: float) -> State:
    if seen.paused:
        return _enter(state, PAUSED, seen, now)
    if seen.config.min_replicas >= 1 or _asked(state, seen):
        return _enter(state, WAKING, seen, now)
    return state


def _waking(state: State, seen: Observed, now: float) -> State:
    if seen.paused:
        return _drain(state, PAUSE, seen, now)
    if _told_to_sleep(state, seen):
        return _drain(state, ZERO, seen, now)
    waited = now - state.since
    if seen.healthy >= 1 and waited >= FENCE_SECONDS:
        wakes = (*state.recent_wakes, round(waited, 1))[-RECENT_WAKES:]
        awake = _enter(state, AWAKE, seen, now)
        return awake._replace(attempts=0, recent_wakes=wakes, answering=state.since)
    if seen.failed_starts >= STARTS_MAX or waited >= STARTS_MAX * seen.config.startup_seconds:
        return _fail(state, seen, now)
    return state._replace(reason_code=NO_CAPACITY if seen.trouble else "", reason=seen.trouble)


def _awake(state: State, seen: Observed, now: float) -> State:
    if seen.paused:
        return _drain(state, PAUSE, seen, now)
    if _told_to_sleep(state, seen):
        return _drain(state, ZERO, seen, now)
    if seen.healthy == 0:
        since = state.unhealthy_since or now
        if now - since >= UNHEALTHY_SECONDS:
            return _enter(state, WAKING, seen, now)
        return state._replace(unhealthy_since=since)
    state = state._replace(unhealthy_since=0.0)
    if _asked(state, seen):  # a request that the rule had not sent to a replica yet
        return state._replace(wakes_seen=seen.wakes)
    return _drain(state, SLEEP, seen, now) if _idle(state, seen, now) else state


def _draining(state: State, seen: Observed, now: float) -> State:
    if state.goal == PAUSE and not seen.paused:
        return _back(state, seen, now)
    if state.goal != PAUSE and seen.paused:
        return state._replace(goal=PAUSE)
    if state.goal != PAUSE and seen.config.min_replicas >= 1:
        return _back(state, seen, now)
    if state.goal == SLEEP and _told_to_sleep(state, seen):
        return state._replace(goal=ZERO, sleeps_seen=seen.sleeps)
    if state.goal == SLEEP and (_asked(state, seen) or _used_since(state, seen)):
        return _back(state, seen, now)
    return _at_the_gate(state, seen, now) if _settled(state, now) else state


def _at_the_gate(state: State, seen: Observed, now: float) -> State:
    """No new request reaches a replica; a report from before says nothing of the last ones."""
    turned = now - state.turned_at
    overdue = turned >= SETTLE_SECONDS + seen.config.max_request_seconds
    if _quiet(seen, state.turned_at + SETTLE_SECONDS, now) or (overdue and state.goal != SLEEP):
        asleep = _enter(state, PAUSED if state.goal == PAUSE else ASLEEP, seen, now)
        return asleep._replace(wakes_seen=state.wakes_seen)  # one that waits is next
    return _back(state, seen, now) if state.goal == SLEEP and turned >= SILENT_SECONDS else state


def _failed(state: State, seen: Observed, now: float) -> State:
    if seen.paused:
        return _enter(state, PAUSED, seen, now)
    if seen.retries > state.retries_seen or seen.config.digest != state.config:
        return _enter(state._replace(attempts=0), WAKING, seen, now)
    due = state.retry_at and now >= state.retry_at
    if due and (seen.config.min_replicas >= 1 or _asked(state, seen)):
        return _enter(state, WAKING, seen, now)
    return state


def _paused(state: State, seen: Observed, now: float) -> State:
    return state if seen.paused else _enter(state._replace(attempts=0), WAKING, seen, now)


_RULES = {
    ASLEEP: _asleep, WAKING: _waking, AWAKE: _awake, DRAINING: _draining, FAILED: _failed, PAUSED: _paused,
}  # fmt: skip


def _first(seen: Observed, now: float) -> State:
    """An endpoint that was just deployed, or whose state was lost: nothing is known but the group's size."""
    name = WAKING if seen.desired else ASLEEP
    return State(name, now, sleeps_seen=seen.sleeps, config=seen.config.digest)


def _enter(state: State, name: str, seen: Observed, now: float) -> State:
    """What was asked so far led here, or came too early to matter."""
    return state._replace(
        name=name, since=now, goal="", unhealthy_since=0.0, retry_at=0.0, config=seen.config.digest,
        reason_code="", reason="", wakes_seen=seen.wakes, sleeps_seen=seen.sleeps, retries_seen=seen.retries,
    )  # fmt: skip


def _drain(state: State, goal: str, seen: Observed, now: float) -> State:
    return _enter(state, DRAINING, seen, now)._replace(goal=goal)


def _back(state: State, seen: Observed, now: float) -> State:
    """The machines are still there; without a healthy one it is a wake like any other."""
    return _enter(state, AWAKE if seen.healthy else WAKING, seen, now)


def _fail(state: State, seen: Observed, now: float) -> State:
    attempts = state.attempts + 1
    code = NO_CAPACITY if seen.trouble and not seen.machines else NEVER_READY
    # Without capacity nothing is paid: it may be tried for ever.
    again = code == NO_CAPACITY or attempts <= len(RETRY_SECONDS)
    retry_at = now + RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1] if again else 0.0
    reason = seen.trouble or f"no replica was ready after {max(seen.failed_starts, 1)} starts"
    failed = _enter(state, FAILED, seen, now)
    return failed._replace(attempts=attempts, retry_at=retry_at, reason_code=code, reason=reason)


# --- what is true of a look --------------------------------------------------------------------


def _asked(state: State, seen: Observed) -> bool:
    return seen.wakes > state.wakes_seen


def _told_to_sleep(state: State, seen: Observed) -> bool:
    return seen.sleeps > state.sleeps_seen and seen.config.min_replicas == 0


def _idle(state: State, seen: Observed, now: float) -> bool:
    """In service, all reports young and empty, nothing ended lately, and no rolling update under way."""
    idle_seconds = seen.config.idle_seconds
    if idle_seconds is None or seen.config.min_replicas >= 1 or seen.refresh == RUNNING:
        return False
    newest = max(state.request_end, state.since, seen.wake_at)
    serves = any(one.in_service for one in seen.machines)
    return serves and now - newest >= idle_seconds and _quiet(seen, 0.0, now)


def _used_since(state: State, seen: Observed) -> bool:
    """A request came straight to a replica after it had begun to drain, or had come before and is known of now."""
    in_flight = any(one.in_flight for one in seen.machines if one.in_service)
    return in_flight or state.since - state.request_end < (seen.config.idle_seconds or 0.0)


def _quiet(seen: Observed, after: float, now: float) -> bool:
    """Of every machine in service it was asked, since `after` and not long ago, and nothing was in flight."""
    return all(
        one.in_flight == 0
        and one.counted_at is not None
        and one.counted_at > after
        and now - one.counted_at <= REPORT_SECONDS
        for one in seen.machines
        if one.in_service
    )


def _settled(state: State, now: float) -> bool:
    """The route has been at the gate for so long that the last request has come to a replica."""
    return state.turned_at > 0 and now - state.turned_at >= SETTLE_SECONDS


def _noted(state: State, seen: Observed, now: float) -> State:
    """What is kept of a look, whatever the state is."""
    # While AWAKE a call that turns the route to the replicas may still be under way.
    at_the_gate = seen.route == GATE and state.name != AWAKE
    turned_at = (state.turned_at or now) if at_the_gate else 0.0
    answering = 0.0 if state.name == AWAKE and seen.first_answer else state.answering
    request_end = max(state.request_end, seen.request_end)
    return state._replace(turned_at=turned_at, request_end=request_end, answering=answering)


# --- machines of the wanted template, and of the wanted kind -----------------------------------


def _rollout(state: State, seen: Observed) -> State:
    """A rollout is repaired, not hoped for; one that was rolled back is the user's to mend."""
    wanted = seen.config.template
    if wanted != state.template:
        state = state._replace(template=wanted, refreshes=0, rollout="")
    outdated = any(one.template != wanted for one in seen.machines if one.in_service)
    if not outdated or state.name not in (AWAKE, WAKING):
        return state._replace(rollout="")
    if seen.refresh == RUNNING:
        return state._replace(rollout=RUNNING)
    if seen.group_template != wanted:
        return state._replace(rollout=ROLLED_BACK if seen.refresh else "")
    if state.refreshes >= REFRESHES_MAX:
        return state._replace(rollout=ROLLOUT_FAILED)
    return state._replace(rollout=RUNNING, refreshes=state.refreshes + 1)


def _spot(state: State, seen: Observed, now: float) -> State:
    if not seen.config.falls_back or state.name not in (AWAKE, WAKING):
        return state
    none_yet = state.name == WAKING and not seen.machines and now - state.since >= SPOT_SECONDS
    if not seen.on_demand and (seen.trouble or none_yet):
        return state._replace(on_demand_until=now + ON_DEMAND_SECONDS)
    return state if now < state.on_demand_until else state._replace(on_demand_until=0.0)


# --- from state to calls -----------------------------------------------------------------------


def _route(state: State, seen: Observed) -> tuple[Turn, ...]:
    wanted = REPLICAS if state.name == AWAKE else GATE
    return () if seen.route == wanted else (Turn(wanted),)


def _size(state: State, seen: Observed, now: float) -> tuple[Resize, ...]:
    if state.name == DRAINING:
        return ()
    if state.name in (WAKING, AWAKE):
        floor = max(1, seen.config.min_replicas)
        right = seen.minimum == floor and seen.desired >= floor
        return () if right else (Resize(floor, max(floor, seen.desired)),)
    # While requests may still reach a replica it stays.
    empty = seen.minimum == 0 and seen.desired == 0
    return () if empty or not _settled(state, now) else (Resize(0, 0),)


def _machines(state: State, seen: Observed) -> tuple[Refresh | Buy, ...]:
    refresh = state.rollout == RUNNING and seen.refresh != RUNNING
    kind = state.on_demand_until > 0
    buys = seen.config.falls_back and kind != seen.on_demand
    return (*((Refresh(),) if refresh else ()), *((Buy(kind),) if buys else ()))
