"""A listener's rules as routes of Envoy: pure data.

Application Load Balancers user guide, "Listener rules" (read 2026-11).
"""

import re
from typing import Any

HOST, PATH = "host-header", "path-pattern"
NAMES = {"*": ".*", "?": "."}
CLIENT = {
    "header": {
        "key": "x-forwarded-for",
        "value": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
    },
    "append_action": "APPEND_IF_EXISTS_OR_ADD",
}
"""Envoy by itself would add this computer's own address in the place of a client's on the loopback."""


def route_table(
    name: str, rules: list[Any], added_headers: dict[str, str], *, port: int
) -> dict[str, Any]:
    """moto's rules in their order; `port` is the listener's, as the account knows it. Raises `ValueError` for a rule
    that is not known here."""
    routes = [route for rule in rules for route in _routes(rule)]
    return {
        "name": name,
        "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}],
        "request_headers_to_add": [CLIENT, *_headers({"x-forwarded-port": str(port)})],
        "response_headers_to_add": _headers(added_headers),
    }


def _headers(headers: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        for key, value in headers.items()
    ]


def _routes(rule: Any) -> list[dict[str, Any]]:
    """One route for each of the rule's paths; its hosts are one pattern."""
    hosts = _values(rule, HOST)
    paths = _values(rule, PATH) or ("*",)
    headers = [_host_matcher(hosts)] if hosts else []
    action = _action(rule.actions[-1])
    return [{"match": {**_path_match(path), "headers": headers}, **action} for path in paths]


def _values(rule: Any, field: str) -> tuple[str, ...]:
    for condition in rule.conditions:
        if condition["Field"] not in (HOST, PATH):
            raise ValueError(
                f"rule: found the condition {condition['Field']}, the live tier knows {HOST}, {PATH}"
            )
    found = [one for one in rule.conditions if one["Field"] == field]
    return tuple(value for one in found for value in _condition_values(one))


def _condition_values(condition: dict[str, Any]) -> list[str]:
    key = {HOST: "HostHeaderConfig", PATH: "PathPatternConfig"}[condition["Field"]]
    return condition.get("Values") or condition.get(key, {}).get("Values", [])


def _host_matcher(hosts: tuple[str, ...]) -> dict[str, Any]:
    pattern = "|".join(_pattern(host.lower()) for host in hosts)
    expression = {"regex": f"(?i)({pattern})(:[0-9]+)?"}
    return {"name": ":authority", "string_match": {"safe_regex": expression}}


def _path_match(path: str) -> dict[str, Any]:
    return {"prefix": "/"} if path == "*" else {"safe_regex": {"regex": _pattern(path)}}


def _pattern(text: str) -> str:
    return "".join(NAMES.get(sign, re.escape(sign)) for sign in text)


def _action(action: Any) -> dict[str, Any]:
    if action.type == "fixed-response":
        config = action.data["FixedResponseConfig"]
        return {
            "direct_response": {
                "status": int(config["StatusCode"]),
                "body": {"inline_string": config.get("MessageBody") or ""},
            },
            "response_headers_to_add": _headers(
                {"content-type": config.get("ContentType") or "text/plain"}
            ),
        }
    if action.type != "forward":
        raise ValueError(
            f"rule: found the action {action.type}, the live tier knows forward, fixed-response"
        )
    return {"route": {**_forward(action.data), "timeout": "0s"}}


def _forward(data: dict[str, Any]) -> dict[str, Any]:
    groups = data.get("ForwardConfig", {}).get("TargetGroups", [])
    weighed = [(one["TargetGroupArn"], int(one.get("Weight", 1))) for one in groups]
    if not weighed:
        return {"cluster": data["TargetGroupArn"]}
    if sum(weight for _, weight in weighed) == 0:
        # A rule whose groups all weigh nothing answers 503 (ALB guide).
        return {"cluster": "nobody"}
    return {
        "weighted_clusters": {
            "clusters": [{"name": arn, "weight": weight} for arn, weight in weighed]
        }
    }
