"""How a validator of the models says no: in the user's words, once or several times at once."""

from dataclasses import dataclass, replace

from pydantic_core import PydanticCustomError

REFUSED = "homeport_refused"
"""Type of the errors that carry `Refusal`s; `homeport.spec.problems` turns them into text."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What one validator found; see `homeport.errors.Problem` for how the three texts read."""

    found: str
    allowed: str
    fix: str
    at: tuple[str | int, ...] = ()
    """Where, from the validated value on: keys as the user writes them, and positions; UP first
    leads to a neighbour."""
    because_of: tuple[tuple[str | int, ...], ...] = ()
    """Other places that it depends on, likewise; where one of them is invalid, nothing is said."""

    def below(self, path: tuple[str | int, ...]) -> "Refusal":
        """The same refusal, told from further outside."""
        return replace(
            self,
            at=_joined(path, self.at),
            because_of=tuple(_joined(path, other) for other in self.because_of),
        )


UP = ".."


def _joined(path: tuple[str | int, ...], further: tuple[str | int, ...]) -> tuple[str | int, ...]:
    return (*path[:-1], *further[1:]) if further[:1] == (UP,) else (*path, *further)


def refused(*refusals: Refusal) -> PydanticCustomError:
    """The exception for a validator to raise."""
    return PydanticCustomError(REFUSED, "refused", {"refusals": refusals})


def refuse(found: str, allowed: str, fix: str) -> PydanticCustomError:
    """The exception for a validator that has one thing to say about its whole value."""
    return refused(Refusal(found=found, allowed=allowed, fix=fix))
