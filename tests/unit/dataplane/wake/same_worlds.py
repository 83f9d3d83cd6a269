"""Worlds that differ in nothing but the hour, or in what was long ago, are one: so that a search comes to an end."""

from dataplane.wake.model import Decision, Observed, State
from tests.unit.dataplane.wake.world import BEGIN, HORIZON, Run, World, config


def key(world: World) -> World:
    """The world with its hour taken away: what happened longer ago than `HORIZON` is as long ago as that."""
    back = world.now - BEGIN

    def early(at: float) -> float:
        return max(at - back, BEGIN - HORIZON) if at else 0.0

    def of_state(state: State | None) -> State | None:
        if state is None:
            return None
        return state._replace(
            since=early(state.since), turned_at=early(state.turned_at),
            request_end=early(state.request_end), unhealthy_since=early(state.unhealthy_since),
            retry_at=early(state.retry_at), reason="", recent_wakes=(), answering=0.0,
            wakes_seen=state.wakes_seen - world.wakes,
        )  # fmt: skip

    def of_seen(seen: Observed) -> Observed:
        machines = tuple(
            one._replace(counted_at=early(one.counted_at) if one.counted_at else None)
            for one in seen.machines
        )
        return seen._replace(
            wakes=seen.wakes - world.wakes, wake_at=early(seen.wake_at), machines=machines,
            request_end=early(seen.request_end),
        )  # fmt: skip

    def of_run(run: Run | None) -> Run | None:
        if run is None:
            return None
        decision = run.decision
        if decision is not None:  # only its calls are still to come
            return run._replace(
                seen=Observed(config(world)), state=None, at=0.0, current=True,
                decision=Decision(State("", 0.0), decision.actions), written_at=early(run.written_at),
            )  # fmt: skip
        return run._replace(seen=of_seen(run.seen), state=of_state(run.state), at=early(run.at))

    said = world.report
    return world._replace(
        now=BEGIN, state=of_state(world.state), wakes=0, wake_at=early(world.wake_at),
        rule_at=early(world.rule_at), in_flight_since=early(world.in_flight_since),
        request_end=early(world.request_end), gone_at=early(world.gone_at),
        report=(early(said[0]), said[1], early(said[2])) if said else None,
        failed_at=tuple(early(at) for at in world.failed_at), touched_at=early(world.touched_at),
        gate=world.gate - world.wakes if world.gate is not None else None,
        runs=(of_run(world.runs[0]), of_run(world.runs[1])),
    )  # fmt: skip
