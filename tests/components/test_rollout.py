"""What rolls machines: model, engine, image, machine, homeport's version. Nothing else."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from homeport.planner.plan import EndpointPlan, StackPlan
from tests.components.plans import access, drain, endpoint, stack
from tests.components.registered import registered

BASE = endpoint("chat")


def _template(plan: StackPlan) -> dict[str, Any]:
    """Everything that a new machine is made from."""
    return registered(plan).inputs("LaunchTemplate", "chat")


def _group(plan: StackPlan) -> dict[str, Any]:
    return registered(plan).inputs("Group", "chat")


def _change(**changes: Any) -> Callable[[], StackPlan]:
    return lambda: stack(replace(BASE, **changes))


def _part(part: str, **changes: Any) -> Callable[[], StackPlan]:
    return lambda: stack(replace(BASE, **{part: replace(getattr(BASE, part), **changes)}))


LIVE = {
    "allow": _part("access", allow=("user/jane",)),
    "cidrs": _part("access", cidrs=("10.0.0.0/8",)),
    "body limit": _part("access", max_body_bytes=1),
    "token staleness": _part("access", token_stale_seconds=0),
    "public": lambda: stack(endpoint("chat", "public")),
    "private": lambda: stack(endpoint("chat", "private")),
    "request seconds": _change(drain=drain(60)),
    "smallest size": _part("scaling", min_replicas=0, scale_to_zero_after_seconds=3600),
    "largest size": _part("scaling", max_replicas=9),
    "threshold": _part("scaling", threshold=50),
    "tags": _change(tags={**BASE.tags, "team": "other"}),
    "compliance": _change(compliance=("zero-retention",)),
    "a neighbour": lambda: stack(BASE, endpoint("embed", "private")),
    "alarm address": lambda: stack(BASE, alarm_email=None),
    "retention": lambda: stack(BASE, log_retention_days=7),
    "protection": lambda: stack(BASE, protect=True),
}

BOOT = {
    # Its group's only difference is one that a refresh does not look at.
    "capacity": _part("machine", capacity="spot"),
    "argument": _part("engine", arguments=("--model", "/repository", "--max-model-len", "1")),
    "variable": _part("engine", env={"VLLM_LOGGING_LEVEL": "DEBUG"}),
    "secret's name": _part("engine", secrets={"SEARCH_KEY": "other-key"}),
    "image": _part(
        "engine", image=replace(BASE.engine.image, reference=f"docker.io/vllm/x@sha256:{'e' * 64}")
    ),
    "commit": _part("model", repositories=(replace(BASE.model.repositories[0], commit="f" * 40),)),
    "machine": _part("machine", instance_type="g6.2xlarge"),
    "machine image": _part("machine", image_id="ami-0fedcba9876543210"),
    "version": lambda: stack(BASE, homeport_version="0.2.0"),
}


@pytest.mark.parametrize("change", LIVE.values(), ids=LIVE.keys())
def test_a_live_value_does_not_touch_the_template(change: Callable[[], StackPlan]) -> None:
    assert _template(change()) == _template(stack(BASE))


@pytest.mark.parametrize("change", BOOT.values(), ids=BOOT.keys())
def test_what_a_machine_boots_from_is_in_the_template(change: Callable[[], StackPlan]) -> None:
    assert _template(change()) != _template(stack(BASE))


def test_a_move_to_the_other_side_keeps_the_group_and_makes_a_second_attachment() -> None:
    public, private = stack(BASE), stack(endpoint("chat", "private"))
    assert _group(public) == _group(private)
    before, after = registered(public), registered(private)
    for kind in ("Attachment", "TargetGroup", "ListenerRule"):
        assert {e["urn"] for e in before.of(kind)}.isdisjoint(e["urn"] for e in after.of(kind))


def test_protected_to_public_changes_only_the_item() -> None:
    before = {e["urn"]: e["inputs"] for e in registered(stack(BASE)).entries}
    after = {e["urn"]: e["inputs"] for e in registered(stack(endpoint("chat", "public"))).entries}
    assert before.keys() == after.keys()
    changed = {urn for urn in before if before[urn] != after[urn]}
    assert {urn.split("$")[-1] for urn in changed} == {"aws:dynamodb/tableItem:TableItem::chat"}


def test_an_edit_of_the_smallest_size_changes_only_the_item() -> None:
    scaling = replace(BASE.scaling, min_replicas=0, scale_to_zero_after_seconds=3600)
    before = {e["urn"]: e["inputs"] for e in registered(stack(BASE)).entries}
    after = {
        e["urn"]: e["inputs"] for e in registered(stack(replace(BASE, scaling=scaling))).entries
    }
    changed = {urn.split("$")[-1] for urn in before if before[urn] != after[urn]}
    assert changed == {"aws:dynamodb/tableItem:TableItem::chat"}


def test_user_data_and_boot_document_hold_no_live_value() -> None:
    canaries = {
        "allow": "org/canary-allow",
        "cidr": "203.0.113.0/24",
        "tag": "canary-tag",
        "consumer": "999988887777",
    }
    plan = _canary_plan(canaries)
    found = registered(plan)
    user_data = base64.b64decode(found.inputs("LaunchTemplate", "chat")["userData"]).decode()
    document = found.inputs("BucketObjectv2", "chat")["content"]
    for place, canary in canaries.items():
        assert canary not in user_data, place
        assert canary not in document, place
    # The same search finds what is there: it would find a canary, too.
    assert "search-key" in document
    assert plan.names.table in document


def _canary_plan(canaries: dict[str, str]) -> StackPlan:
    changed = access(
        "chat",
        "protected",
        allow=(canaries["allow"],),
        cidrs=(canaries["cidr"],),
        consumers=(canaries["consumer"],),
    )
    return stack(replace(BASE, access=changed, tags={**BASE.tags, "team": canaries["tag"]}))


def test_the_boot_document_is_named_by_its_hash_and_outlives_its_deployment() -> None:
    stored = registered(stack(BASE)).one("BucketObjectv2", "chat")
    user_data = base64.b64decode(
        registered(stack(BASE)).inputs("LaunchTemplate", "chat")["userData"]
    ).decode()
    assert stored["options"]["retainOnDelete"] is True
    assert stored["inputs"]["key"] in user_data
    assert json.loads(stored["inputs"]["content"])["stack"]["configuration_key"]


def _spot() -> EndpointPlan:
    return replace(BASE, machine=replace(BASE.machine, capacity="spot"))


def test_template_version_is_a_number() -> None:
    assert _group(stack(BASE))["launchTemplate"]["version"] == "1"
    mixed = _group(stack(_spot()))["mixedInstancesPolicy"]
    assert mixed["launchTemplate"]["launchTemplateSpecification"]["version"] == "1"
    assert mixed["instancesDistribution"]["onDemandPercentageAboveBaseCapacity"] == 0
    assert "launchTemplate" not in _group(stack(_spot()))
