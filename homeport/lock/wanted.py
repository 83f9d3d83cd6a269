"""What a lock is asked to pin."""

from dataclasses import dataclass

from homeport.lock.records import Role


@dataclass(frozen=True, kw_only=True)
class WantedRepository:
    """A repository that a spec names."""

    role: Role
    repository: str
    revision: str
    path: str
    """Of the spec, for errors: `model.repository` or `engine.speculative.model`."""
    quantization: str = "auto"
    gguf: bool = False
    """True: take GGUF files even where there are others."""
    handler: bool = False
    """True: the repository's own Python is run (a custom handler)."""
