"""What each access mode registers: counts, and the rules that hold for every resource."""

import json
import subprocess
import sys

import pytest
from inline_snapshot import snapshot

from components.aws.owners import OWNERS
from homeport.planner.plan_json import dump_plan
from tests.components.plans import brought_network, created_network, endpoint, stack
from tests.components.registered import registered

PUBLIC = stack(endpoint("open", "public"))
PROTECTED = stack(endpoint("chat"))
PRIVATE = stack(endpoint("inner", "private"))
MIXED = stack(endpoint("open", "public"), endpoint("chat"), endpoint("inner", "private"))
EVERY = (PUBLIC, PROTECTED, PRIVATE, MIXED)


def test_counts_of_a_public_endpoint() -> None:
    assert registered(PUBLIC).counts() == snapshot(
        {
            "Alias": 1,
            "Attachment": 1,
            "Bucket": 2,
            "BucketLifecycleConfiguration": 2,
            "BucketObjectv2": 2,
            "BucketOwnershipControls": 2,
            "BucketPolicy": 2,
            "BucketPublicAccessBlock": 2,
            "BucketServerSideEncryptionConfiguration": 2,
            "BucketVersioning": 1,
            "Certificate": 1,
            "CertificateValidation": 1,
            "Dashboard": 1,
            "DefaultSecurityGroup": 1,
            "Eip": 1,
            "EventRule": 2,
            "EventSourceMapping": 1,
            "EventTarget": 2,
            "FlowLog": 1,
            "Function": 2,
            "FunctionEventInvokeConfig": 1,
            "Group": 1,
            "InstanceProfile": 1,
            "InternetGateway": 1,
            "Key": 1,
            "LaunchTemplate": 1,
            "Listener": 1,
            "ListenerRule": 1,
            "LoadBalancer": 1,
            "LogGroup": 4,
            "MetricAlarm": 4,
            "NatGateway": 1,
            "Permission": 3,
            "Policy": 2,
            "Record": 2,
            "Role": 4,
            "RolePolicy": 4,
            "Route": 3,
            "RouteTable": 3,
            "RouteTableAssociation": 4,
            "SecurityGroup": 2,
            "SecurityGroupEgressRule": 2,
            "SecurityGroupIngressRule": 2,
            "ServiceLinkedRole": 1,
            "Subnet": 4,
            "Table": 1,
            "TableItem": 1,
            "TargetGroup": 2,
            "TargetGroupAttachment": 1,
            "Topic": 1,
            "TopicPolicy": 1,
            "TopicSubscription": 1,
            "Vpc": 1,
            "VpcEndpoint": 2,
            "WebAcl": 1,
            "WebAclAssociation": 1,
        }
    )


def test_protected_differs_from_public_in_no_resource() -> None:
    assert registered(PROTECTED).counts() == registered(PUBLIC).counts()


def test_private_has_a_door_of_its_own_instead_of_the_public_side() -> None:
    public, private = registered(PUBLIC).counts(), registered(PRIVATE).counts()
    kinds = sorted(public.keys() | private.keys())
    assert {
        kind: private.get(kind, 0) - public.get(kind, 0)
        for kind in kinds
        if private.get(kind, 0) != public.get(kind, 0)
    } == snapshot(
        {
            "EndpointServicePrivateDnsVerification": 1,
            "Listener": 1,
            "ListenerRule": 1,
            "LoadBalancer": 1,
            "SecurityGroup": 1,
            "SecurityGroupEgressRule": 1,
            "TargetGroup": 1,
            "TargetGroupAttachment": 1,
            "VpcEndpointService": 1,
            "VpcEndpointServiceAllowedPrinciple": 1,
            "WebAcl": -1,
            "WebAclAssociation": -1,
        }
    )


def test_one_more_protected_endpoint_adds_nothing_shared() -> None:
    one, two = (
        registered(PROTECTED).counts(),
        registered(stack(endpoint("chat"), endpoint("embed"))).counts(),
    )
    assert {kind: two[kind] - one[kind] for kind in two if two[kind] != one[kind]} == snapshot(
        {
            "Attachment": 1,
            "BucketObjectv2": 1,
            "Group": 1,
            "InstanceProfile": 1,
            "LaunchTemplate": 1,
            "ListenerRule": 1,
            "LogGroup": 1,
            "MetricAlarm": 4,
            "Policy": 2,
            "Record": 1,
            "Role": 1,
            "RolePolicy": 1,
            "TableItem": 1,
            "TargetGroup": 1,
        }
    )


def test_sides_that_no_endpoint_needs_are_not_there() -> None:
    assert [lb["name"] for lb in registered(PUBLIC).of("LoadBalancer")] == ["homeport-public"]
    assert {lb["name"] for lb in registered(PRIVATE).of("LoadBalancer")} == {
        "homeport-internal",
        "inner-nlb",
    }
    assert registered(PRIVATE).of("WebAcl") == []


@pytest.mark.parametrize("plan", EVERY, ids=["public", "protected", "private", "mixed"])
def test_every_resource_descends_from_the_stack(plan) -> None:
    entries = registered(plan).entries
    (root,) = (entry for entry in entries if entry["type"] == "homeport:aws:Stack")
    for entry in entries:
        if entry is root or entry["type"] == "pulumi:providers:aws":
            assert entry["parents"] == []
        else:
            assert entry["parents"][0] == root["urn"], entry["urn"]


def test_every_resource_of_an_endpoint_descends_from_its_component() -> None:
    for entry in registered(MIXED).resources:
        owned = entry["name"].split("-")[0] in {"open", "chat", "inner"}
        parents = [urn.split("::")[-1] for urn in entry["parents"] if "Endpoint::" in urn]
        assert bool(parents) == owned, entry["urn"]


@pytest.mark.parametrize("plan", EVERY, ids=["public", "protected", "private", "mixed"])
def test_no_dependency_on_a_component(plan) -> None:
    components = {e["urn"] for e in registered(plan).entries if not e["custom"]}
    for entry in registered(plan).entries:
        assert components.isdisjoint(entry["dependencies"]), entry["urn"]


def test_ignored_properties_are_the_owners_table() -> None:
    found = {
        (entry["type"], path)
        for entry in registered(MIXED).entries
        for path in entry["options"].get("ignoreChanges", ())
    }
    assert found == {(owner.type_token, owner.property_path) for owner in OWNERS}


def test_owners_do_not_depend_on_the_smallest_size() -> None:
    for kind in ("Group", "ListenerRule"):
        for entry in registered(MIXED).of(kind):
            fixed = entry["name"].endswith("-health")
            assert ("ignoreChanges" in entry["options"]) != fixed


def test_logical_names_fit_the_shortest_physical_names() -> None:
    long = stack(endpoint("a" * 32), endpoint("b" * 32, "private"))
    for kind, limit in {"LoadBalancer": 32, "TargetGroup": 32, "InstanceProfile": 128}.items():
        for entry in registered(long).of(kind):
            assert len(entry["name"]) <= limit - 8, entry["urn"]


def test_only_foreseen_resources_have_physical_names() -> None:
    named = {
        entry["type"].rpartition(":")[2]
        for entry in registered(MIXED).resources
        if "name" in entry["inputs"] or "dashboardName" in entry["inputs"]
    }
    assert named == snapshot(
        {"Alias", "Dashboard", "Function", "Group", "LogGroup", "Record", "Role", "Table"}
    )


def test_user_tags_are_on_every_taggable_resource_of_the_endpoint_but_the_template() -> None:
    without = {
        entry["type"].rpartition(":")[2]
        for entry in registered(MIXED).resources
        if any("Endpoint::" in urn for urn in entry["parents"])
        and "search" not in json.dumps(entry["inputs"].get("tags", ""))
    }
    assert without == snapshot(
        {
            "Attachment",
            "BucketObjectv2",
            "EndpointServicePrivateDnsVerification",
            "LaunchTemplate",
            "Policy",
            "Record",
            "RolePolicy",
            "SecurityGroupEgressRule",
            "SecurityGroupIngressRule",
            "TableItem",
            "TargetGroupAttachment",
            "VpcEndpointServiceAllowedPrinciple",
        }
    )


def test_module_prints_the_same_inventory_in_a_process_of_its_own() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-m", "components.inventory"],
            input=dump_plan(MIXED).encode(),
            capture_output=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert json.loads(runs[0]) == registered(MIXED).entries


def test_brought_network_makes_no_network() -> None:
    counts = registered(stack(endpoint("chat"), network=brought_network())).counts()
    assert not {"Vpc", "Subnet", "NatGateway", "RouteTable", "FlowLog"} & counts.keys()


def test_nat_per_zone_adds_gateways_and_moves_no_route_table() -> None:
    one = registered(PROTECTED)
    each = registered(stack(endpoint("chat"), network=created_network(nat="per-zone")))
    assert len(one.of("NatGateway")) == 1
    assert len(each.of("NatGateway")) == 2
    assert [entry["urn"] for entry in one.of("RouteTable")] == [
        entry["urn"] for entry in each.of("RouteTable")
    ]


def test_without_egress_the_machines_reach_services_and_nothing_else() -> None:
    closed = registered(
        stack(endpoint("inner", "private"), network=created_network(nat="none", egress="none"))
    )
    assert closed.of("NatGateway") == []
    out = [e["inputs"] for e in closed.of("SecurityGroupEgressRule") if "machines-" in e["name"]]
    assert all("cidrIpv4" not in rule for rule in out)
    assert {rule["description"] for rule in out} == {
        "HTTPS to services",
        "HTTPS to s3",
        "HTTPS to dynamodb",
    }
    assert {e["name"] for e in closed.of("VpcEndpoint")} >= {"ecr.api", "kms", "monitoring"}
