"""The emulated account: boto3 clients that can reach nothing but a loopback address."""

import os
import threading
from typing import Any
from urllib.parse import urlsplit

ADDRESS_VARIABLE = "HOMEPORT_SANDBOX_AWS"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class NoSandboxError(Exception):
    """The stand-in was started without an emulator on this machine."""


def emulator_address() -> str:
    """The emulator's address from the environment; refuses a missing one and any host but this machine."""
    address = os.environ.get(ADDRESS_VARIABLE, "")
    if not address:
        raise NoSandboxError(
            f"this pulumi-resource-aws is homeport's sandbox stand-in, and {ADDRESS_VARIABLE} is not set; "
            "start the sandbox (make sandbox) and use the environment that it prints, or take the stand-in "
            "off PATH to use the real AWS provider"
        )
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK_HOSTS:
        raise NoSandboxError(
            f"{ADDRESS_VARIABLE} is {address}; the stand-in talks only to an emulator on this machine "
            "(http://127.0.0.1:<port>), never to a cloud"
        )
    return address


class Account:
    """Cached, thread-safe clients. The keys are invented: the emulator does not check them."""

    def __init__(self, address: str, account_id: str) -> None:
        self.address = address
        self.account_id = account_id
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a region; making one is not thread-safe in boto3, using it is."""
        key = (service, region)
        if key in self._clients:
            return self._clients[key]
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._new_client(service, region)
            return self._clients[key]

    def _new_client(self, service: str, region: str) -> Any:
        import boto3
        from botocore.config import Config

        session: Any = (
            boto3.session.Session()
        )  # its stubs know every service by name, not by a variable
        return session.client(
            service,
            region_name=region,
            endpoint_url=self.address,
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",
            config=Config(
                max_pool_connections=64,
                retries={"max_attempts": 1},
                proxies={},
                s3={"addressing_style": "path"},
            ),
        )
