"""An error as AWS's services write it, in the protocol of the request that it answers."""

import json
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape


def aws_error(
    environ: dict[str, Any], start_response: Any, status: str, code: str, message: str
) -> Iterable[bytes]:
    """The WSGI answer: JSON to services that speak it, otherwise XML as the query services' (EC2 has its own)."""
    if is_json(environ):
        kind, body = "application/json", json.dumps({"__type": code, "message": message})
    else:
        error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        kind, body = (
            "application/xml",
            f"<Response><Errors>{error}</Errors></Response>"
            if is_ec2(environ)
            else f"<ErrorResponse>{error}</ErrorResponse>",
        )
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body.encode())))])
    return [body.encode()]


def is_json(environ: dict[str, Any]) -> bool:
    """Whether the caller speaks JSON."""
    return "json" in environ.get("CONTENT_TYPE", "")


def is_ec2(environ: dict[str, Any]) -> bool:
    """Whether the caller asks EC2, which has errors of its own."""
    return "/ec2/aws4_request" in environ.get("HTTP_AUTHORIZATION", "")
