"""What the plan says a wake takes."""

from dataclasses import replace

import pytest

from homeport.errors import PlanError
from homeport.planner.wake import STARTUP_SECONDS_MAX, STARTUP_SECONDS_MIN, wake_plan
from tests.components.plans import endpoint

CHAT = endpoint("chat")


def _plan(gib: float, mib_per_second: int = 1000):
    (repository,) = CHAT.model.repositories
    file = replace(repository.files[0], size_bytes=int(gib * (1 << 30)))
    model = replace(CHAT.model, repositories=(replace(repository, files=(file,)),))
    machine = replace(CHAT.machine, root_volume_mib_per_second=mib_per_second)
    return wake_plan(model, CHAT.engine, machine)


def test_image_and_weights_come_at_the_same_time() -> None:
    found = _plan(20)
    low = {phase.name: phase.low_seconds for phase in found.phases}
    assert list(low) == ["machine", "image", "weights", "engine", "into service"]
    together = max(low["image"], low["weights"])
    assert found.low_seconds == low["machine"] + together + low["engine"] + low["into service"]
    assert found.low_seconds < found.estimate_seconds < found.high_seconds


def test_more_weights_or_a_slower_disk_take_longer() -> None:
    assert _plan(20).high_seconds > _plan(2).high_seconds
    assert _plan(20, 125).low_seconds > _plan(20).low_seconds


def test_a_start_has_time_for_a_slow_day_and_no_more_than_an_hour() -> None:
    assert _plan(0.1).startup_seconds >= STARTUP_SECONDS_MIN
    assert _plan(0.1).startup_seconds >= 2 * _plan(0.1).high_seconds
    assert _plan(100).startup_seconds == STARTUP_SECONDS_MAX


def test_weights_that_cannot_be_there_in_an_hour_are_refused() -> None:
    with pytest.raises(PlanError, match=r"model.repository.*GiB of weights"):
        _plan(400)
