"""AWS Signature Version 4 for POST requests with a body.

Source: IAM user guide, "Create a signed AWS API request" (read 2026-11). Tests compare every part with
botocore's own signer on generated requests.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import NamedTuple

ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """Keys of the machine's role."""

    access_key: str
    secret_key: str
    session_token: str | None = None


class Call(NamedTuple):
    """A POST to the root of a service."""

    host: str
    service: str
    region: str
    headers: Mapping[str, str]
    """Without host, date and authorization; names in lower case."""
    body: bytes


def signed_headers(call: Call, credentials: Credentials, timestamp: str) -> dict[str, str]:
    """All headers to send; `timestamp` is `YYYYMMDDTHHMMSSZ`."""
    headers = {**call.headers, "host": call.host, "x-amz-date": timestamp}
    if credentials.session_token is not None:
        headers["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(headers))
    scope = f"{timestamp[:8]}/{call.region}/{call.service}/aws4_request"
    digest = hashlib.sha256(_canonical(headers, names, call.body).encode()).hexdigest()
    to_sign = "\n".join((ALGORITHM, timestamp, scope, digest))
    key = _key(credentials.secret_key, timestamp[:8], call.region, call.service)
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    return headers


def _canonical(headers: Mapping[str, str], names: str, body: bytes) -> str:
    lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(headers))
    payload = hashlib.sha256(body).hexdigest()
    return "\n".join(("POST", "/", "", lines, names, payload))


def _key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
