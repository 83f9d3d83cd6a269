"""How Envoy is started: the flags that belong to the configuration."""

from __future__ import annotations

import sys

DRAIN_SECONDS = 5
"""Keep-alive connections are told to close within this time once listeners drain."""


def envoy_arguments(config_path: str) -> tuple[str, ...]:
    """Arguments to the `envoy` binary.

    `http:off`: at any other level the body limit logs paths with their query strings. `main:info` says
    when it started and stopped.
    """
    return (
        "--config-path",
        config_path,
        "--log-level",
        "warning",
        "--component-log-level",
        "http:off,main:info",
        "--disable-hot-restart",
        "--drain-time-s",
        str(DRAIN_SECONDS),
        "--file-flush-interval-msec",
        "1000",
        "--drain-strategy",
        "immediate",
    )


if __name__ == "__main__":
    for argument in envoy_arguments(sys.argv[1]):
        sys.stdout.write(f"{argument}\0")
