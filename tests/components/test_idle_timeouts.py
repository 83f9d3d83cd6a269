"""A stream that says nothing for as long as a spec allows is cut by nobody in between: F27 of docs/faults.md."""

from typing import Any

from dataplane.gateway.envoy import render_envoy
from dataplane.gateway.envoy_routes import route_table
from dataplane.gateway.settings import MAX_REQUEST_SECONDS, GatewaySettings, Route
from homeport.planner.drain import LOAD_BALANCER_IDLE_SECONDS
from tests.components.plans import endpoint, stack
from tests.components.registered import registered

BOTH_SIDES = registered(stack(endpoint("chat"), endpoint("inner", "private")))


def _seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))


def test_every_load_balancer_waits_longer_than_the_longest_silence() -> None:
    balancers = {
        entry["name"]: entry["inputs"]["idleTimeout"]
        for entry in BOTH_SIDES.of("LoadBalancer")
        if entry["inputs"]["loadBalancerType"] == "application"
    }
    links = {
        entry["name"]: entry["inputs"]["tcpIdleTimeoutSeconds"]
        for entry in BOTH_SIDES.of("Listener")
        if entry["inputs"]["protocol"] == "TCP"
    }
    assert len(balancers) == 2
    assert len(links) == 1
    assert min(balancers.values()) > MAX_REQUEST_SECONDS
    assert min(links.values()) > max(balancers.values())


def test_the_gateway_ends_a_silent_answer_by_the_requests_own_time_only() -> None:
    settings = GatewaySettings(
        endpoint="chat", engine_address="192.0.2.1", engine_port=8000, access_mode="public", cidrs=(),
        routes=(Route("POST", "/v1/chat/completions"),), max_body_bytes=1, max_request_seconds=MAX_REQUEST_SECONDS,
    )  # fmt: skip
    manager: dict[str, Any] = render_envoy(settings)["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][
        0
    ]["typed_config"]  # fmt: skip
    assert _seconds(manager["stream_idle_timeout"]) > MAX_REQUEST_SECONDS
    # A kept connection is the load balancer's to give up.
    options = manager["common_http_protocol_options"]
    assert _seconds(options["idle_timeout"]) > LOAD_BALANCER_IDLE_SECONDS
    (route,) = (
        one["route"]
        for one in route_table(settings)["virtual_hosts"][0]["routes"]
        if one["name"] == "POST /v1/chat/completions"
    )
    assert _seconds(route["timeout"]) == MAX_REQUEST_SECONDS
    assert _seconds(route["idle_timeout"]) > MAX_REQUEST_SECONDS
    assert _seconds(route["max_stream_duration"]["max_stream_duration"]) > MAX_REQUEST_SECONDS
