"""Logical names: constant, short, and unique in a stack.

A URN holds the types of the parents but not their names, so each endpoint's resources carry its
name.
"""

import hashlib

SHORT_NAME_MAX = 20
"""Characters: a load balancer or target group name has 32, auto-naming takes 8, a suffix 4."""


def short_name(endpoint: str) -> str:
    """The endpoint's name; its first letters and a hash where it is too long to auto-name from."""
    if len(endpoint) <= SHORT_NAME_MAX:
        return endpoint
    digest = hashlib.sha256(endpoint.encode()).hexdigest()[:6]
    return f"{endpoint[: SHORT_NAME_MAX - 7]}-{digest}"
