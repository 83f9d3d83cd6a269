"""The HTTPS listener and its HTTP connection manager."""

from __future__ import annotations

from typing import Any

from .envoy_access_log import abandoned_log, access_log
from .envoy_clusters import BUFFER_BYTES
from .envoy_filters import http_filters
from .envoy_routes import ROUTES_FILE, ROUTES_NAME
from .settings import KEEP_ALIVE_SECONDS, MAX_REQUEST_SECONDS, GatewaySettings

RETRY_SECONDS = 5
"""When a caller may ask again whose token could not be checked."""

_TYPE = "type.googleapis.com/envoy.extensions."
_CIPHERS = (
    # TLS 1.2 with the machine's ECDSA certificate; TLS 1.3 suites are Envoy's own.
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
)
HEADERS_TIMEOUT_SECONDS = 10
"""A request line and headers that take longer are an attack or a dead client."""
MAX_HEADERS_KIB = 64
"""An AWS load balancer passes 64 KiB of request head (ELB guide, quotas, 2026)."""


def request_listener(settings: GatewaySettings) -> dict[str, Any]:
    """TLS 1.2 or later, HTTP/1.1 only: what the load balancer speaks to its targets."""
    return {
        "name": "requests",
        "address": {
            "socket_address": {
                "address": settings.listen_address,
                "port_value": settings.listen_port,
            }
        },
        "per_connection_buffer_limit_bytes": BUFFER_BYTES,
        "tcp_backlog_size": 4096,
        "socket_options": _keep_alive_options(),
        "filter_chains": [
            {
                "transport_socket_connect_timeout": "10s",
                "transport_socket": _tls(settings),
                "filters": [
                    {
                        "name": "envoy.filters.network.http_connection_manager",
                        "typed_config": _connection_manager(settings),
                    }
                ],
            }
        ],
    }


def _connection_manager(settings: GatewaySettings) -> dict[str, Any]:
    # The endpoint's own limit is the routes': a listener that changed would cut the answers on it.
    longest = MAX_REQUEST_SECONDS
    return {
        "@type": _TYPE + "filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "ingress",
        "codec_type": "HTTP1",
        "rds": {
            "route_config_name": ROUTES_NAME,
            "config_source": {
                "resource_api_version": "V3",
                "initial_fetch_timeout": "0s",
                "path_config_source": {"path": f"{settings.live_folder}/{ROUTES_FILE}"},
            },
        },
        "http_filters": http_filters(settings),
        "access_log": [access_log(), abandoned_log(settings.live_folder)],
        # Who called: the address that the last trusted proxy appended, never one the client wrote.
        "use_remote_address": True,
        "xff_num_trusted_hops": settings.trusted_proxies,
        "internal_address_config": {},
        "early_header_mutation_extensions": [_drop_envoy_headers()],
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "max_request_headers_kb": MAX_HEADERS_KIB,
        "request_headers_timeout": f"{HEADERS_TIMEOUT_SECONDS}s",
        "request_timeout": duration(longest),
        "stream_idle_timeout": duration(longest + 5),
        "drain_timeout": "5s",
        "common_http_protocol_options": {
            "idle_timeout": f"{KEEP_ALIVE_SECONDS}s",
            "max_headers_count": 100,
            "headers_with_underscores_action": "DROP_HEADER",
        },
        "generate_request_id": True,
        "preserve_external_request_id": True,
        "always_set_request_id_in_response": True,
        # PASS_THROUGH adds no server header; the route table removes the engine's.
        "server_header_transformation": "PASS_THROUGH",
        "local_reply_config": {
            "mappers": [_no_error(), _unchecked()],
            "body_format": _error_body(),
        },
    }


def duration(seconds: float) -> str:
    """Protobuf's JSON spelling, to the millisecond."""
    return f"{seconds:.3f}s"


def _no_error() -> dict[str, Any]:
    """An answer of the route table's own (`settings.WAKE`) stays what it is."""
    return {
        "filter": {"status_code_filter": _status(200, "answered")},
        "body_format_override": {
            "text_format_source": {"inline_string": "%LOCAL_REPLY_BODY%"},
            "content_type": "application/json",
        },
    }


def _status(code: int, runtime_key: str) -> dict[str, Any]:
    return {
        "comparison": {"op": "EQ", "value": {"default_value": code, "runtime_key": runtime_key}}
    }


def _unchecked() -> dict[str, Any]:
    """What a caller reads where the agent is silent or answers 5xx: Envoy takes both for an error of the check, and
    drops what the agent said (Envoy 1.40, ext_authz)."""
    refused_by_the_check = {"response_flag_filter": {"flags": ["UAEX"]}}
    unavailable = {"status_code_filter": _status(503, "unchecked")}
    return {
        "filter": {"and_filter": {"filters": [refused_by_the_check, unavailable]}},
        "body": {"inline_string": "the token could not be checked now, ask again in a moment"},
        "headers_to_add": [{"header": {"key": "retry-after", "value": str(RETRY_SECONDS)}}],
    }


def _error_body() -> dict[str, Any]:
    """Errors that Envoy makes itself, in the shape that OpenAI's clients read."""
    return {
        "json_format": {
            "error": {
                "message": "%LOCAL_REPLY_BODY%",
                "type": "homeport_gateway",
                "code": "%RESPONSE_CODE%",
            }
        }
    }


def _drop_envoy_headers() -> dict[str, Any]:
    """Removes x-envoy-* before anything reads it.

    A caller could otherwise choose timeouts and retries. Envoy removes these headers itself only from
    requests that it takes for external ones (seen with 1.40, 2026-11: a request without
    X-Forwarded-For was cut after the millisecond that its own header asked for).
    """
    return {
        "name": "envoy.http.early_header_mutation.header_mutation",
        "typed_config": {
            "@type": _TYPE + "http.early_header_mutation.header_mutation.v3.HeaderMutation",
            "mutations": [{"remove_on_match": {"key_matcher": {"prefix": "x-envoy-"}}}],
        },
    }


def _tls(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": _TYPE + "transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "alpn_protocols": ["http/1.1"],
                "tls_params": {
                    "tls_minimum_protocol_version": "TLSv1_2",
                    "tls_maximum_protocol_version": "TLSv1_3",
                    "cipher_suites": list(_CIPHERS),
                },
                "tls_certificates": [
                    {
                        "certificate_chain": {"filename": settings.certificate_path},
                        "private_key": {"filename": settings.key_path},
                    }
                ],
            },
        },
    }


def _keep_alive_options() -> list[dict[str, Any]]:
    """TCP keep-alive towards the load balancer; accepted sockets inherit it (Linux, tcp(7))."""
    sol_socket, ipproto_tcp = 1, 6
    options = (
        ("SO_KEEPALIVE", sol_socket, 9, 1),
        ("TCP_KEEPIDLE", ipproto_tcp, 4, 60),
        ("TCP_KEEPINTVL", ipproto_tcp, 5, 15),
        ("TCP_KEEPCNT", ipproto_tcp, 6, 4),
    )
    return [
        {"description": text, "level": level, "name": name, "int_value": value}
        for text, level, name, value in options
    ]
