"""User data holds no secret: everybody who may describe the template reads it."""

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Iterator

from policies.rule import Inputs, Rule

_TYPES = (
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/instance:Instance",
    "aws:ec2/launchConfiguration:LaunchConfiguration",
)
# Forms that are a secret by themselves, then a value given to a name that says so.
_SECRETS = {
    "a Hugging Face token": re.compile(r"\bhf_[A-Za-z0-9]{30,}\b"),
    "an AWS access key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{30,}\b"),
    "an OpenAI key": re.compile(r"\bsk-[A-Za-z0-9_-]{32,}\b"),
    "a password or key": re.compile(
        r"(?i)\b\w*(?:password|passwd|secret_?key|api_?key|access_?key|auth_?token)\s*[=:]\s*"
        r"[\"']?(?![\"'$<{(]|/)[^\s\"'$]{8,}"
    ),
}


def _check(type_: str, inputs: Inputs) -> Iterator[str]:
    if type_ not in _TYPES:
        return
    for key in ("userData", "userDataBase64"):
        text = _readable(inputs.get(key))
        for what, pattern in _SECRETS.items():
            if pattern.search(text):
                # What was found is not repeated: this goes to logs and pull requests.
                yield f"{key} holds what looks like {what}; name the secret, let the machine read it"


def _readable(value: object) -> str:
    """The script, from base64 and gzip where it is that; as it stands otherwise."""
    if not isinstance(value, str):
        return ""
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return value
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return value
    return data.decode("utf-8", "replace")


RULE = Rule(
    name="forbid-secrets-in-user-data",
    description="User data of machines holds no secret.",
    source="AWS Security Hub AutoScaling.5 and EC2 guide: user data is not protected by encryption",
    check_resource=_check,
)
