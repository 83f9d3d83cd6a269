"""The few calls that a replica may make: its item, its report, its metrics, its lifecycle hook.

DynamoDB speaks JSON 1.0; CloudWatch and Auto Scaling still answer the query protocol, which needs no more than
a form (botocore's service models, 2026-11). `AWS_ENDPOINT_URL` takes AWS's place, as in every SDK.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import time
from collections.abc import Container, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from ..figures import Figures
from ..in_time import in_time
from ..local_http import BYTES_MAX
from .metadata import Metadata
from .signature import Call, signed_headers

TIMEOUT_SECONDS = 10.0
"""Of each step on the wire."""
CALL_SECONDS = 15.0
"""Of a whole call, name look-up among it."""
NO_ACTION = "no active lifecycle action"
"""In Auto Scaling's ValidationError, in lower case (the text that public node drainers match, 2026-11)."""
_DYNAMODB, _FORM = "application/x-amz-json-1.0", "application/x-www-form-urlencoded"
_QUERY_VERSIONS = {"monitoring": "2010-08-01", "autoscaling": "2011-01-01"}


class CallError(OSError):
    """AWS said no; the text is its own."""


class ConditionError(CallError):
    """DynamoDB found an item that is not as the condition says, and wrote nothing."""


class NobodyWaitsError(CallError):
    """No lifecycle hook waits for this machine: it is in service already, or its time ran out."""


class Aws:
    """One region's services for one machine."""

    def __init__(self, region: str, metadata: Metadata) -> None:
        self._region = region
        self._metadata = metadata
        self._override = os.environ.get("AWS_ENDPOINT_URL")

    def get_item(self, table: str, key: Mapping[str, Any]) -> dict[str, Any]:
        """DynamoDB's own answer, `{"Item": {...}}`. Raises `OSError`."""
        return self._dynamodb("GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})

    def put_item(self, table: str, item: Mapping[str, Any]) -> None:
        """Write a whole item. Raises `OSError`."""
        self._dynamodb("PutItem", {"TableName": table, "Item": item})

    def update_item(self, table: str, key: Mapping[str, Any], change: Mapping[str, Any]) -> None:
        """`change` holds DynamoDB's own expressions. Raises `OSError`, `ConditionError` where they do not hold."""
        try:
            self._dynamodb("UpdateItem", {"TableName": table, "Key": key, **change})
        except CallError as error:
            if "ConditionalCheckFailed" in str(error):
                raise ConditionError(str(error)) from None
            raise

    def put_metrics(
        self, namespace: str, figures: Figures, high_resolution: Container[str]
    ) -> None:
        """All samples in one call: calls are paid for too. `high_resolution`: what a period below a minute reads."""
        fields = {"Namespace": namespace}
        for number, (name, samples) in enumerate(sorted(figures.items()), start=1):
            prefix = f"MetricData.member.{number}"
            fields[f"{prefix}.MetricName"] = name
            fields[f"{prefix}.StorageResolution"] = "1" if name in high_resolution else "60"
            for place, (value, count) in enumerate(sorted(samples.items()), start=1):
                fields[f"{prefix}.Values.member.{place}"] = repr(float(value))
                fields[f"{prefix}.Counts.member.{place}"] = repr(float(count))
        self._query("monitoring", "PutMetricData", fields)

    def heartbeat(self, group: str, hook: str, instance: str) -> None:
        """More time for the lifecycle hook. Raises `OSError`."""
        self._hook_query("RecordLifecycleActionHeartbeat", _hook(group, hook, instance))

    def complete_hook(self, group: str, hook: str, instance: str, *, ok: bool) -> None:
        """Into service, or given up. Raises `OSError`, `NobodyWaitsError` where no hook waits."""
        fields = _hook(group, hook, instance)
        fields["LifecycleActionResult"] = "CONTINUE" if ok else "ABANDON"
        self._hook_query("CompleteLifecycleAction", fields)

    def set_unhealthy(self, instance: str) -> None:
        """The group replaces this machine. Raises `OSError`."""
        fields = {
            "InstanceId": instance,
            "HealthStatus": "Unhealthy",
            "ShouldRespectGracePeriod": "false",
        }
        self._query("autoscaling", "SetInstanceHealth", fields)

    def _hook_query(self, action: str, fields: Mapping[str, str]) -> None:
        try:
            self._query("autoscaling", action, fields)
        except CallError as error:
            if NO_ACTION in str(error).lower():
                raise NobodyWaitsError(str(error)) from None
            raise

    def _dynamodb(self, operation: str, content: Mapping[str, Any]) -> dict[str, Any]:
        headers = {"content-type": _DYNAMODB, "x-amz-target": f"DynamoDB_20120810.{operation}"}
        return json.loads(self._post("dynamodb", headers, json.dumps(content).encode()) or b"{}")

    def _query(self, service: str, action: str, fields: Mapping[str, str]) -> None:
        form = {"Action": action, "Version": _QUERY_VERSIONS[service], **fields}
        self._post(service, {"content-type": _FORM}, urlencode(form).encode())

    def _post(self, service: str, headers: Mapping[str, str], body: bytes) -> bytes:
        parts = urlsplit(self._override or f"https://{service}.{self._region}.amazonaws.com")
        call = Call(parts.netloc, service, self._region, headers, body)
        timestamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        signed = signed_headers(call, self._metadata.credentials(), timestamp)
        connection = _connection(parts.scheme, parts.hostname or "", parts.port)
        try:
            status, content = in_time(CALL_SECONDS, lambda: _exchange(connection, body, signed))
        except http.client.HTTPException as error:
            raise CallError(f"{service}: {type(error).__name__}") from None
        if status != 200:
            raise CallError(f"{service}: status {status}: {content[:300]!r}")
        return content


def _exchange(
    connection: http.client.HTTPConnection, body: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    try:
        connection.request("POST", "/", body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read(BYTES_MAX)
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=context)


def _hook(group: str, hook: str, instance: str) -> dict[str, str]:
    return {"AutoScalingGroupName": group, "LifecycleHookName": hook, "InstanceId": instance}
