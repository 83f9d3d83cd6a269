"""One thing that the YAML reader refuses."""

from dataclasses import dataclass

ReadPath = tuple[str | int, ...]
"""Keys and positions from the document's root."""


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What is wrong with the YAML itself, before any model sees the data."""

    found: str
    allowed: str
    fix: str
    path: ReadPath = ()
    line: int = 1
    hides: bool = True
    """True where the value could not be read, so that what the models say of it is of no use."""
