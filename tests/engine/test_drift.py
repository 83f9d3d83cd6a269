"""`refresh` finds an edit made outside of every property that is not in the owners' list."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.aws.owners import OWNERS
from sandbox.session import Sandbox
from tests.engine.drift import (
    NOT_EDITABLE,
    NOT_TAKEN_BACK,
    Foreign,
    Intruder,
    changed_value,
    editable,
    make_foreign,
)
from tests.engine.edits import write_base
from tests.engine.stack_project import StackProject

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("drift")]

Key = tuple[str, str]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackProject]:
    with Sandbox() as sandbox:
        project = StackProject(sandbox, tmp_path_factory.mktemp("drift"))
        write_base(project)
        sandbox.create_hosted_zone("endpoints.example.com", "ZSANDBOX000000000001")
        project.lock()
        project.init()
        project.up()
        yield project


@pytest.fixture(scope="module")
def state(deployed: StackProject) -> Mapping[str, Any]:
    resources = deployed.state()
    return {urn: one for urn, one in resources.items() if one["type"].startswith("aws:")}


@pytest.fixture(scope="module")
def foreign(deployed: StackProject, state: Mapping[str, Any]) -> Foreign:
    vpc = next(one["id"] for one in state.values() if one["type"] == "aws:ec2/vpc:Vpc")
    return make_foreign(deployed.sandbox, vpc, "ZFOREIGN000000000001")


def test_refresh_finds_one_edit_of_every_resource(
    deployed: StackProject, state: Mapping[str, Any], foreign: Foreign
) -> None:
    """Through the engine: the first editable property of each resource, then one refresh."""
    intruder, edits = Intruder(deployed.sandbox), list[tuple[str, str, Any]]()
    for urn, resource in state.items():
        for name, node in editable(resource):
            if (resource["type"], name) in NOT_TAKEN_BACK:
                continue
            value = changed_value(resource, name, node, foreign, state)
            try:
                intruder.edit(resource, name, value)
            except Exception:  # noqa: BLE001, S112 - refused: this one has no such value, try the next
                continue
            edits.append((urn, name, value))
            break
    deployed.pulumi(
        "refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", "test"
    )  # fmt: skip
    after = deployed.state()
    unseen = [
        (urn, name)
        for urn, name, _ in edits
        if urn in after and after[urn]["inputs"].get(name) == state[urn]["inputs"][name]
    ]
    assert len(edits) > 100
    assert unseen == []
    for urn, name, value in edits:
        intruder.restore(state[urn], name, value)


def test_every_property_is_read_back(
    deployed: StackProject, state: Mapping[str, Any], foreign: Foreign
) -> None:
    """Property by property, by the read that refresh makes."""
    intruder = Intruder(deployed.sandbox)
    tried: dict[Key, str] = {}
    for resource, name, value in _in_order(state, foreign):
        key = (resource["type"], name)
        if tried.get(key) == "found":
            continue
        try:
            intruder.edit(resource, name, value)
        except Exception as error:  # noqa: BLE001 - the verdict names it
            tried[key] = f"refused: {error}"
            continue
        seen = intruder.read(resource).get(name) != resource["inputs"][name]
        tried[key] = "found" if seen else f"unseen: {value}"
        if key not in NOT_TAKEN_BACK:
            intruder.restore(resource, name, value)
    assert {key: verdict for key, verdict in tried.items() if verdict != "found"} == {}
    assert len(tried) > 150


def _in_order(
    state: Mapping[str, Any], foreign: Foreign
) -> Iterator[tuple[Mapping[str, Any], str, Any]]:
    edits = [
        (resource, name, changed_value(resource, name, node, foreign, state))
        for resource in state.values()
        for name, node in editable(resource)
    ]
    yield from sorted(edits, key=lambda edit: (edit[0]["type"], edit[1]) in NOT_TAKEN_BACK)


def test_what_is_left_out_is_named_once() -> None:
    owned = {(owner.type_token, owner.property_path) for owner in OWNERS}
    assert not owned & set(NOT_EDITABLE)
    assert all(NOT_EDITABLE.values())
