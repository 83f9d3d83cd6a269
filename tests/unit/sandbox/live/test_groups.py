"""The live account's groups: hooks, health, size, refreshes, in time that the test moves."""

from tests.unit.sandbox.live.live_group import World


def test_a_machine_serves_when_its_launch_hook_is_completed() -> None:
    world = World(desired=1)
    world.go(300)
    assert world.phases() == ["Pending:Wait"]
    world.start_all()
    assert world.phases() == ["InService"]


def test_a_launch_that_is_not_completed_in_time_is_abandoned_and_tried_again() -> None:
    world = World(desired=1)
    world.go(599)
    assert world.made == 1
    world.go(60)
    world.leave_all()
    world.go(40)
    assert world.made == 2
    assert world.phases() == ["Pending:Wait"]


def test_a_heartbeat_gives_the_whole_time_again() -> None:
    world = World(desired=1)
    world.go(500)
    (one,) = world.keeper.instances
    assert one.wait is not None
    one.wait.expires = world.now + 600  # as RecordLifecycleActionHeartbeat does it
    world.go(590)
    assert world.phases() == ["Pending:Wait"]


def test_no_capacity_is_an_activity_that_failed_and_is_asked_for_again() -> None:
    world = World(desired=1)
    world.capacity = False
    world.go(100)
    activities = world.group.autoscaling_backend.live_activities
    assert {one["StatusCode"] for one in activities} == {"Failed"}
    assert 2 <= len(activities) <= 5
    world.capacity = True
    world.go(60)
    assert world.phases() == ["Pending:Wait"]


def test_a_leaving_machine_drains_then_its_hook_then_it_is_off() -> None:
    world = World(desired=2)
    world.go()
    world.start_all()
    world.group.desired_capacity = 1
    world.go(50)
    assert world.phases() == ["Terminating", "InService"]
    world.targets.draining.clear()
    world.go(119)
    assert world.phases() == ["Terminating:Wait", "InService"]
    world.go(3)  # its time is over, and the default is to go on
    assert world.phases() == ["Terminating:Proceed", "InService"]
    world.leave_all()
    assert world.phases() == ["InService"]


def test_a_machine_that_does_not_shut_down_is_ended_by_force() -> None:
    world = World(desired=1)
    world.start_all()
    world.group.desired_capacity = 0
    world.go()
    world.targets.draining.clear()
    world.go(130)
    assert world.phases() == ["Terminating:Proceed"]
    world.go(300)
    assert world.phases() == []


def test_a_machine_that_never_served_leaves_before_one_that_does() -> None:
    world = World(desired=1)
    world.go()
    world.start_all()
    world.group.desired_capacity = 2
    world.go()
    world.group.desired_capacity = 1
    world.go()
    assert world.phases() == ["InService", "Terminating:Wait"]


def test_an_unhealthy_machine_leaves_when_another_one_serves() -> None:
    world = World(desired=1)
    world.go()
    world.start_all()
    world.targets.states["i-1"] = "unhealthy"
    world.go(100)
    assert world.phases() == ["InService"], "within the grace period"
    world.go(60)
    assert world.phases() == ["InService", "Pending:Wait"]
    world.start_all()
    world.go()
    assert world.phases() == ["Terminating", "InService"]


def test_a_machine_that_is_lost_is_replaced() -> None:
    world = World(desired=1)
    world.go()
    world.start_all()
    (one,) = world.keeper.instances
    one.machine.on = False  # type: ignore[attr-defined]
    world.go(2)
    assert world.made == 2


def test_a_refresh_starts_the_new_before_the_old_go() -> None:
    world = World(desired=2, warmup_seconds=200)
    world.go()
    world.start_all()
    refresh = world.begin_refresh("2")
    world.go(5)
    assert world.phases() == ["InService", "InService", "Pending:Wait", "Pending:Wait"]
    world.start_all()
    world.go(100)
    assert world.versions() == ["1", "1", "2", "2"], "the new ones warm up"
    world.go(120)
    world.leave_all()
    assert (world.versions(), refresh["Status"]) == (["2", "2"], "Successful")


def test_a_refresh_of_a_version_that_never_serves_goes_back() -> None:
    world = World(desired=1)
    world.go()
    world.start_all()
    refresh = world.begin_refresh("2", AutoRollback=True)
    for _ in range(8):
        world.go(601)
        world.leave_all()
    assert refresh["Status"] in ("RollbackInProgress", "RollbackSuccessful")
    world.go(100)
    assert (world.versions(), refresh["Status"]) == (["1"], "RollbackSuccessful")


def test_a_refresh_of_nothing_is_over_at_once() -> None:
    world = World(desired=0)
    refresh = world.begin_refresh("2")
    world.go(2)
    assert refresh["Status"] == "Successful"
