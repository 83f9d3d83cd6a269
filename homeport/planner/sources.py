"""What a stack's files say, read and valid: all that planning starts from.

Made by `homeport.project`, the only reader of those files.
"""

from dataclasses import dataclass
from pathlib import Path

from homeport.errors import Source
from homeport.lock import Lock
from homeport.spec import EndpointSpec, StackSettings


@dataclass(frozen=True, kw_only=True)
class EndpointSource:
    """One endpoint's spec and lock."""

    path: Path
    """The spec's file."""
    source: Source
    """Knows the file's name and where its paths stand; see `homeport.errors.located`."""
    spec: EndpointSpec
    lock: Lock | None
    """None where the endpoint was never locked."""


@dataclass(frozen=True, kw_only=True)
class StackSources:
    """A stack's settings and endpoints."""

    name: str
    path: Path
    """The settings' file."""
    source: Source
    settings: StackSettings
    endpoints: tuple[EndpointSource, ...]
    """In order of name."""
