"""One JSON line a request on standard output: no body, no token, no query string, no address."""

from __future__ import annotations

from typing import Any

from .envoy_clusters import INFERENCE

ABANDONED_FILE = "abandoned"
_LEFT_WITH_THE_ENGINE = (
    f"xds.cluster_name == '{INFERENCE}' && has(upstream.address)"
    " && (!has(response.code) || response.code in [0, 400, 408, 413])"
)
"""A request that reached the engine, and that its client left (no code), or that Envoy ended for a body that
turned out bad, slow or too large: Envoy's `upstream_rq_completed` counts none of them (Envoy 1.40, 2026-11)."""


def access_log() -> dict[str, Any]:
    """Code 0 is a client that left before an answer began. What a client wrote is cut: a line stays a line."""
    return {
        "name": "envoy.access_loggers.stdout",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
            "log_format": {
                "json_format": {
                    "time": "%START_TIME%",
                    "request_id": "%REQ(X-REQUEST-ID):128%",
                    "method": "%REQ(:METHOD):16%",
                    "path": "%PATH(NQ:PATH):256%",
                    "route": "%ROUTE_NAME%",
                    "status": "%RESPONSE_CODE%",
                    "details": "%RESPONSE_CODE_DETAILS%",
                    "flags": "%RESPONSE_FLAGS%",
                    "request_bytes": "%BYTES_RECEIVED%",
                    "response_bytes": "%BYTES_SENT%",
                    "duration_ms": "%DURATION%",
                    "first_byte_ms": "%RESPONSE_DURATION%",
                }
            },
        },
    }


def abandoned_log(live_folder: str) -> dict[str, Any]:
    """One byte for each request whose engine never began to answer it: the file's size is their number."""
    return {
        "name": "envoy.access_loggers.file",
        "filter": {
            "extension_filter": {
                "name": "envoy.access_loggers.extension_filters.cel",
                "typed_config": {
                    "@type": "type.googleapis.com/"
                    "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
                    "expression": _LEFT_WITH_THE_ENGINE,
                },
            }
        },
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
            "path": f"{live_folder}/{ABANDONED_FILE}",
            "log_format": {"text_format_source": {"inline_string": "."}},
        },
    }
