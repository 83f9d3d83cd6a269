"""A whole stack, planned from files to plain data."""

import json

import pytest

from dataplane.wake.aws import reconciler
from homeport.errors import LockError, PlanError
from homeport.planner.build import plan_stack
from homeport.planner.ingress import PRIVATE_ENDPOINTS_MAX, PUBLIC_ENDPOINTS_MAX
from homeport.planner.metrics import metrics_of
from homeport.planner.plan import EndpointPlan
from homeport.planner.plan_json import dump_plan, read_plan
from homeport.planner.price import READS_AT_REST
from tests.unit.planner.stacks import SETTINGS, stack

CHAT = """\
name: chat
model: {repository: acme/chat-8b}
compute: {accelerator: nvidia-l4}
"""
EMBED = """\
name: embed
model: {repository: acme/embedding}
compute: {accelerator: cpu, count: 2}
access: {mode: public}
"""
VAULT = """\
name: vault
model: {repository: acme/chat-70b}
compute: {accelerator: nvidia-l40s, count: 4}
access: {mode: private, consumers: ["111122223333"]}
"""
THREE = {"chat": CHAT, "embed": EMBED, "vault": VAULT}


def _endpoint(text: str, settings: str = SETTINGS) -> EndpointPlan:
    name = text.split("\n", maxsplit=1)[0].removeprefix("name: ")
    return plan_stack(stack({name: text}, settings)).endpoints[0]


def test_a_plan_round_trips_as_json() -> None:
    plan = plan_stack(stack(THREE))
    assert read_plan(dump_plan(plan)) == plan


def test_a_plan_of_another_version_is_refused() -> None:
    text = json.loads(dump_plan(plan_stack(stack(THREE))))
    text["network"]["new_field"] = 1
    with pytest.raises(PlanError) as caught:
        read_plan(json.dumps(text))
    assert caught.value.found == "fields that this version does not know"


def test_the_same_files_give_the_same_plan() -> None:
    assert dump_plan(plan_stack(stack(THREE))) == dump_plan(plan_stack(stack(THREE)))


def test_auto_takes_the_engine_that_serves_the_task() -> None:
    by_name = {one.name: one.engine.name for one in plan_stack(stack(THREE)).endpoints}
    assert by_name == {"chat": "vllm", "embed": "tei", "vault": "vllm"}


def test_every_accelerator_of_the_machine_is_used() -> None:
    arguments = _endpoint(VAULT).engine.arguments
    assert arguments[arguments.index("--tensor-parallel-size") + 1] == "4"


def test_clients_may_ask_by_name_repository_and_dummy() -> None:
    assert _endpoint(CHAT).engine.served_names == ("chat", "acme/chat-8b", "dummy")


def test_defaults_of_a_gpu_and_a_cpu_endpoint() -> None:
    chat, embed = _endpoint(CHAT), _endpoint(EMBED)
    assert (chat.scaling.measure, chat.scaling.threshold) == ("gpu", 80)
    assert (embed.scaling.measure, embed.scaling.threshold) == ("cpu", 80)
    assert chat.access.allow == ("org/acme",)  # the stack's
    assert embed.access.allow == ()
    assert chat.drain.deregistration_delay_seconds == 900


def test_a_spec_own_list_goes_before_the_stacks() -> None:
    own = _endpoint(CHAT + "access: {allow: [user/jane]}\n")
    assert own.access.allow == ("user/jane",)


def test_a_private_endpoint_stands_alone_on_its_side() -> None:
    plan = plan_stack(stack(THREE))
    assert plan.ingress.public is not None
    assert plan.ingress.internal is not None
    assert plan.ingress.public.endpoints == ("chat", "embed")
    assert plan.ingress.internal.endpoints == ("vault",)
    assert [one.access.listener_port is None for one in plan.endpoints] == [True, True, False]


def test_without_private_endpoints_there_is_no_internal_side() -> None:
    assert plan_stack(stack({"chat": CHAT})).ingress.internal is None


def test_weights_larger_than_local_disks_grow_the_root_volume() -> None:
    small, large = _endpoint(CHAT), _endpoint(VAULT)
    assert small.machine.root_volume_gib == large.machine.root_volume_gib == 200
    embed = _endpoint(EMBED)
    assert embed.machine.local_disk_gib == 0
    assert embed.machine.root_volume_gib == 70


def test_sums_of_prices_are_the_sums_of_their_lines() -> None:
    plan = plan_stack(stack(THREE))
    shared = sum(line.usd_per_hour or 0.0 for line in plan.price.lines)
    assert plan.price.shared_usd_per_hour == pytest.approx(shared)
    for endpoint in plan.endpoints:
        price = endpoint.price
        lines = sum(line.usd_per_hour or 0.0 for line in price.lines)
        (metrics,) = (line for line in price.lines if line.what == "metrics while awake")
        told, one = metrics.usd_per_hour or 0.0, price.usd_per_hour_of_one_replica
        assert lines == pytest.approx(one + price.usd_per_hour_asleep + told)
        highest = endpoint.scaling.max_replicas * one + price.usd_per_hour_asleep + told
        assert price.usd_per_hour_at_max == pytest.approx(highest)
    at_max = shared + sum(one.price.usd_per_hour_at_max for one in plan.endpoints)
    assert plan.price.at_max_usd_per_hour == pytest.approx(at_max)


def test_a_sleeping_public_endpoint_costs_less_than_a_dollar_a_month() -> None:
    for text in (CHAT, EMBED, CHAT + "replicas: {scaleOn: {pending: 1.5}}\n"):
        assert _endpoint(text).price.usd_per_hour_asleep * 730 < 1


def test_one_more_sleeping_endpoint_adds_its_alarms_and_a_look_each_minute() -> None:
    """0.10 USD a metric, 0.125 USD a million reads; the functions are the stack's, however many endpoints it has."""
    asleep = "replicas: {min: 0}\n"
    two = {"chat": CHAT + asleep, "embed": EMBED + asleep}
    three = {**two, "more": EMBED.replace("name: embed", "name: more") + asleep}
    few, many = plan_stack(stack(two)).price, plan_stack(stack(three)).price
    assert many.shared_usd_per_hour == few.shared_usd_per_hour
    more = (many.asleep_usd_per_hour - few.asleep_usd_per_hour) * 730
    assert more == pytest.approx(5 * 0.10 + 4 * 60 * 730 * 0.125e-6)
    shared = {line.what: (line.usd_per_hour or 0.0) * 730 for line in few.lines}
    wake = shared["wake function, each minute"] + shared["wake function's time"]
    assert 0 < wake < 0.5
    assert len(reconciler._KEYS) == READS_AT_REST


def test_a_share_for_the_reconciler_is_asked_for() -> None:
    assert plan_stack(stack(THREE)).reserved_concurrency is None
    settings = SETTINGS + "  homeport:reserveConcurrency: true\n"
    assert plan_stack(stack(THREE, settings)).reserved_concurrency == 20


def test_metrics_cost_while_a_replica_serves() -> None:
    """11 with a GPU and an engine that says everything; 7 of an embedding server on CPU. 0.30 USD each a month."""
    for text, number in ((CHAT, 11), (EMBED, 7)):
        endpoint = _endpoint(text)
        assert len(metrics_of(endpoint.engine, endpoint.machine)) == number
        (line,) = (one for one in endpoint.price.lines if one.what == "metrics while awake")
        assert (line.usd_per_hour or 0.0) * 730 == pytest.approx(number * 0.30)
    asleep = _endpoint(EMBED + "replicas: {min: 0}\n").price
    assert asleep.usd_per_hour_at_min == asleep.usd_per_hour_asleep


def test_a_private_endpoint_says_the_price_of_its_link() -> None:
    lines = {line.what for line in _endpoint(VAULT).price.lines}
    assert "private link's load balancer" in lines


def test_warnings_of_a_sleeping_public_endpoint() -> None:
    sleepy = _endpoint(EMBED + "replicas: {min: 0}\n")
    assert {notice.path for notice in sleepy.warnings} == {
        "access.mode",
        "access.maxBodyMebibytes",
    }


def test_spot_with_long_requests_is_a_warning() -> None:
    text = CHAT.replace("nvidia-l4}", "nvidia-l4, capacity: spot}")
    assert any(n.path == "compute.capacity" for n in _endpoint(text).warnings)
    short = _endpoint(text + "access: {maxRequestSeconds: 60}\n")
    assert not any(n.path == "compute.capacity" for n in short.warnings)


def test_what_is_not_computed_is_said() -> None:
    plan = plan_stack(stack({"chat": CHAT}))
    assert plan.endpoints[0].wake.estimate_seconds > 60
    assert any("not computed yet" in notice.text for notice in plan.endpoints[0].unknowns)


def test_a_region_without_prices_is_planned_and_says_so() -> None:
    plan = plan_stack(stack({"chat": CHAT}, SETTINGS.replace("us-east-1", "eu-central-1")))
    (endpoint,) = plan.endpoints
    assert endpoint.price.usd_per_hour_at_max == 0
    assert {line.usd_per_hour for line in endpoint.price.lines} == {None}
    texts = [notice.text for notice in (*plan.unknowns, *endpoint.unknowns)]
    assert sum("prices in eu-central-1: none in the catalogue for" in text for text in texts) == 2


def test_stand_ins_are_refused_outside_the_sandbox() -> None:
    real = SETTINGS.replace("  homeport:sandbox: true\n", "").replace(", origin: sandbox", "")
    with pytest.raises(LockError) as caught:
        plan_stack(stack({"chat": CHAT}, real))
    assert caught.value.found == "a lock with stand-ins of the sandbox"


def _many(count: int, text: str) -> dict[str, str]:
    names = [f"e{number:03}" for number in range(count)]
    return {name: text.replace(text.split("\n", maxsplit=1)[0], f"name: {name}") for name in names}


@pytest.mark.parametrize(
    ("text", "maximum"), [(EMBED, PUBLIC_ENDPOINTS_MAX), (VAULT, PRIVATE_ENDPOINTS_MAX)]
)
def test_a_stacks_last_endpoint_and_the_next(text: str, maximum: int) -> None:
    specs = _many(maximum, text)
    ports = "".join(f"    {name}: {20000 + at}\n" for at, name in enumerate(specs))
    settings = SETTINGS + (f"  homeport:listenerPorts:\n{ports}" if text is VAULT else "")
    assert len(plan_stack(stack(specs, settings)).endpoints) == maximum
    with pytest.raises(PlanError) as caught:
        plan_stack(stack(_many(maximum + 1, text), settings))
    assert caught.value.allowed.startswith(f"at most {maximum} ")
