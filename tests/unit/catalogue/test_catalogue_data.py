"""The catalogue's data: complete, plausible, with sources; and its errors name the way out."""

import datetime
import math

import pytest

from homeport.catalogue import (
    Instance,
    carried_engines,
    check_arguments,
    check_variables,
    engine,
    instance,
    instance_price,
    instances,
    priced_regions,
    regions,
    smallest,
)
from homeport.catalogue.accelerators import accelerator
from homeport.errors import CatalogueError

ACCELERATORS = (
    "cpu",
    "nvidia-t4",
    "nvidia-l4",
    "nvidia-a10g",
    "nvidia-l40s",
    "nvidia-a100",
    "nvidia-h100",
    "nvidia-h200",
    "inf2",
)
WITHOUT_PRICE = {"p5e.48xlarge": "no on-demand listing in us-east-1 when the list was read"}
MACHINES = [machine for name in ACCELERATORS for machine in instances("aws", name)]
each_machine = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)


def test_no_machine_is_there_twice() -> None:
    names = [machine.name for machine in MACHINES]
    assert len(names) == len(set(names)) > 20


@each_machine
def test_a_machine_is_plausible(machine: Instance) -> None:
    assert 1 <= machine.vcpu <= 192
    assert machine.vcpu <= machine.memory_gib <= 16 * machine.vcpu
    assert (machine.accelerator == "cpu") == (machine.accelerator_count == 0)
    assert (machine.accelerator_count == 0) == (machine.accelerator_memory_gib == 0)
    assert machine.accelerator_count in (0, 1, 2, 4, 6, 8, 12)
    assert math.isfinite(machine.accelerators_memory_gib)
    roles = {"cpu": "cpu", "inf2": "neuron"}
    assert machine.image_role == roles.get(machine.accelerator, "nvidia")
    assert machine.source
    assert datetime.date.fromisoformat(machine.date)


@each_machine
def test_a_machine_has_a_price(machine: Instance) -> None:
    if machine.name in WITHOUT_PRICE:
        with pytest.raises(CatalogueError, match="no price"):
            instance_price("aws", "us-east-1", machine.name)
        return
    price = instance_price("aws", "us-east-1", machine.name)
    assert 0.01 < price.usd_per_hour < 200
    assert price.source
    assert datetime.date.fromisoformat(price.date)


def test_every_priced_region_is_known() -> None:
    assert set(priced_regions("aws")) <= {region.name for region in regions("aws")}


def test_larger_machines_of_a_family_cost_more() -> None:
    for machine in MACHINES:
        for other in MACHINES:
            alike = machine.name.split(".")[0] == other.name.split(".")[0] and (
                machine.accelerator_count == other.accelerator_count
            )
            if alike and machine.vcpu < other.vcpu and machine.name not in WITHOUT_PRICE:
                price, above = (
                    instance_price("aws", "us-east-1", one.name).usd_per_hour
                    for one in (machine, other)
                )
                assert price < above, (machine.name, other.name)


@pytest.mark.parametrize("count", [1, 2, 4, 8, 16])
def test_cpu_counts_are_hugging_faces_sizes(count: int) -> None:
    machine = smallest("aws", "us-east-1", "cpu", count)
    assert machine.vcpu >= count
    assert machine.memory_gib >= 2 * count
    cheaper = [
        one
        for one in instances("aws", "cpu")
        if one.vcpu >= count
        and one.memory_gib >= 2 * count
        and instance_price("aws", "us-east-1", one.name).usd_per_hour
        < instance_price("aws", "us-east-1", machine.name).usd_per_hour
    ]
    assert cheaper == []


@pytest.mark.parametrize("name", ACCELERATORS[1:])
def test_an_accelerators_smallest_machine_has_exactly_the_count(name: str) -> None:
    counts = {machine.accelerator_count for machine in instances("aws", name)}
    for count in counts:
        assert not smallest("aws", "us-east-1", name, count).only_by_name
        assert smallest("aws", "us-east-1", name, count).accelerator_count == count


def test_a_count_without_machine_names_the_next_ones() -> None:
    with pytest.raises(CatalogueError) as caught:
        smallest("aws", "us-east-1", "nvidia-l40s", 2)
    assert "instanceType: g6e." in caught.value.fix
    assert "USD per hour" in caught.value.fix


def test_unknown_things_say_what_is_known() -> None:
    with pytest.raises(CatalogueError, match=r"g6\.\*"):
        instance("aws", "g99.xlarge")
    with pytest.raises(CatalogueError, match="us-east-1"):
        instance_price("aws", "mars-north-1", "g6.xlarge")


@pytest.mark.parametrize("one", carried_engines(), ids=lambda one: one.name)
def test_an_engine_is_whole(one: object) -> None:
    found = engine(one.name)  # type: ignore[attr-defined]
    assert found.images or found.automatic_turn is None
    assert found.tasks
    assert any(route.inference for route in found.routes)
    questions = {route.path for route in found.routes if not route.inference}
    assert found.health_route in questions or "/*" in questions
    assert found.end_of_line is None or found.automatic_turn is None
    assert found.source
    assert datetime.date.fromisoformat(found.date)
    administration = ("/shutdown", "/sleep", "/wake_up", "/load_lora_adapter", "/metrics", "/pause")
    assert not {route.path for route in found.routes} & set(administration)


@pytest.mark.parametrize("one", carried_engines(), ids=lambda one: one.name)
def test_an_engine_runs_on_its_images_accelerators_only(one: object) -> None:
    found = engine(one.name)  # type: ignore[attr-defined]
    for image in found.images:
        for name in image.accelerators:
            assert found.image_for(name) is image
    with pytest.raises(CatalogueError):
        found.image_for("tpu-v5e")


def test_compute_capabilities_are_known_for_every_gpu() -> None:
    assert accelerator("cpu").compute_capability is None
    for name in ACCELERATORS[1:-1]:
        assert (accelerator(name).compute_capability or 0) >= 7.5


@pytest.mark.parametrize(
    ("variable", "owner"),
    [("MAX_BATCH_PREFILL_TOKENS", "tgi"), ("MAX_BATCH_TOKENS", "tei"), ("SGLANG_X", "sglang")],
)
def test_another_engines_variable_is_named(variable: str, owner: str) -> None:
    (error,) = check_variables(engine("vllm"), [variable])
    assert owner in error.found


def test_own_variables_and_arguments_pass() -> None:
    assert check_variables(engine("vllm"), ["VLLM_LOGGING_LEVEL", "OMP_NUM_THREADS"]) == ()
    assert check_arguments(engine("vllm"), ["--enable-prefix-caching"]) == ()
