"""One JSON line a request on standard output: no body, no token, no query string, no address."""

from __future__ import annotations

from typing import Any

EARLY_LEAVERS_FILE = "early-leavers"


def access_log() -> dict[str, Any]:
    """Code 0 is a client that left before an answer began; it counts in `pending`."""
    return {
        "name": "envoy.access_loggers.stdout",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
            "log_format": {
                "json_format": {
                    "time": "%START_TIME%",
                    "request_id": "%REQ(X-REQUEST-ID)%",
                    "method": "%REQ(:METHOD)%",
                    "path": "%PATH(NQ:PATH)%",
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


def early_leavers(live_folder: str) -> dict[str, Any]:
    """One byte for each client that left before an answer began: the file's size is their number."""
    return {
        "name": "envoy.access_loggers.file",
        "filter": {
            "status_code_filter": {
                "comparison": {"op": "EQ", "value": {"default_value": 0, "runtime_key": "unused"}}
            }
        },
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
            "path": f"{live_folder}/{EARLY_LEAVERS_FILE}",
            "log_format": {"text_format_source": {"inline_string": "."}},
        },
    }
