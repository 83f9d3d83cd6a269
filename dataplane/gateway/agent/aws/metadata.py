"""The machine's own metadata (IMDSv2): credentials, and what is about to happen to it.

Paths: EC2 user guide, instance metadata categories, and Auto Scaling's "target lifecycle state" (read 2026-11).
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from .signature import Credentials

ADDRESS = "http://169.254.169.254"
TOKEN_SECONDS = 21_600
CREDENTIALS_SECONDS = 300.0
"""Read again after this long; the service rotates them hours before they end."""
TIMEOUT_SECONDS = 2.0


class Metadata:
    """The metadata service, or what the environment says in its place, as the SDKs read it.

    `AWS_ACCESS_KEY_ID` gives the keys, `AWS_EC2_METADATA_SERVICE_ENDPOINT` another address (AWS SDKs' reference,
    2026-11).
    """

    def __init__(
        self, address: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        given = address or os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or ADDRESS
        parts = urlsplit(given if "//" in given else f"http://{given}")
        self._address, self._below = parts.netloc, parts.path.rstrip("/")
        self._clock = clock
        self._credentials: Credentials | None = None
        self._read_at = 0.0

    def credentials(self) -> Credentials:
        """Keys of the role. Raises `OSError` where there are none."""
        key = os.environ.get("AWS_ACCESS_KEY_ID")
        if key is not None:
            secret = os.environ.get("AWS_SECRET_ACCESS_KEY", "")
            return Credentials(key, secret, os.environ.get("AWS_SESSION_TOKEN"))
        now = self._clock()
        if self._credentials is None or now - self._read_at > CREDENTIALS_SECONDS:
            self._credentials = self._role_credentials()
            self._read_at = now
        return self._credentials

    def interruption(self) -> bool:
        """Whether the machine is taken away: a spot notice, or a group that lets it go."""
        return (
            self._get("spot/instance-action") is not None
            or self._get("autoscaling/target-lifecycle-state") == "Terminated"
        )

    def _role_credentials(self) -> Credentials:
        role = (self._get("iam/security-credentials/") or "").splitlines()
        text = self._get(f"iam/security-credentials/{role[0]}") if role else None
        if text is None:
            raise OSError("the machine has no role")
        found: dict[str, Any] = json.loads(text)
        return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["Token"])

    def _get(self, path: str) -> str | None:
        """A value, None where there is none. Raises `OSError` where the service does not answer."""
        connection = http.client.HTTPConnection(self._address, timeout=TIMEOUT_SECONDS)
        token = self._token()
        connection.putrequest("GET", f"{self._below}/latest/meta-data/{path}")
        connection.putheader("x-aws-ec2-metadata-token", token)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read(1 << 16).decode()
        connection.close()
        return body if answer.status == 200 else None

    def _token(self) -> str:
        connection = http.client.HTTPConnection(self._address, timeout=TIMEOUT_SECONDS)
        connection.putrequest("PUT", f"{self._below}/latest/api/token")
        connection.putheader("x-aws-ec2-metadata-token-ttl-seconds", str(TOKEN_SECONDS))
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read(1 << 12).decode()
        connection.close()
        return body
