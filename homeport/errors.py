"""Every refusal of homeport: what was found at which place, what is allowed, and how to mend it.

An error is data first (`Problem`), so that tests compare it field by field; the only text made from
it is made here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    `allowed` completes the sentence "must be ..."; `fix` is what to do or to write. The file and
    line are None where the error is not about a file, or not yet known.
    """

    path: str
    """Dotted path in the user's own words, such as `replicas.max`; empty for the whole file."""
    found: str
    allowed: str
    fix: str
    file: str | None = None
    line: int | None = None
    """Counted from 1."""

    def __str__(self) -> str:
        """`llama.yaml:14 replicas.max: found 0, must be 1 or more; to stop it, remove its file`."""
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        where = " ".join(part for part in (place, self.path) if part)
        text = f"found {self.found}, must be {self.allowed}; {self.fix}"
        return f"{where}: {text}" if where else text

    @property
    def order(self) -> tuple[str, int, str, str]:
        """Sort key: by file, then line; what is about the whole file comes first."""
        return (self.file or "", self.line or 0, self.path, self.found)


class HomeportError(Exception):
    """Root of every error that homeport raises on purpose."""

    def __init__(
        self,
        *,
        path: str,
        found: str,
        allowed: str,
        fix: str,
        file: str | None = None,
        line: int | None = None,
    ) -> None:
        self.problem = Problem(
            path=path, found=found, allowed=allowed, fix=fix, file=file, line=line
        )
        super().__init__(str(self.problem))

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """The error of this class that says `problem`."""
        return cls(
            path=problem.path,
            found=problem.found,
            allowed=problem.allowed,
            fix=problem.fix,
            file=problem.file,
            line=problem.line,
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong, in order of file and line."""
        return (self.problem,)

    @property
    def errors(self) -> tuple["HomeportError", ...]:
        """The single errors that this one stands for, in the same order as `problems`."""
        return (self,)

    @property
    def path(self) -> str:
        """Where, in the user's words."""
        return self.problem.path

    @property
    def found(self) -> str:
        """What stands there."""
        return self.problem.found

    @property
    def allowed(self) -> str:
        """What may stand there."""
        return self.problem.allowed

    @property
    def fix(self) -> str:
        """What to do about it."""
        return self.problem.fix

    @property
    def file(self) -> str | None:
        """The file it is about."""
        return self.problem.file

    @property
    def line(self) -> int | None:
        """The line in that file, from 1."""
        return self.problem.line

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self).of, (self.problem,))


class SpecError(HomeportError):
    """An endpoint's file is not a valid spec."""


class SettingsError(HomeportError):
    """A stack's settings are not valid, or the stack's files are not where they belong."""


class CatalogueError(HomeportError):
    """The catalogue does not hold what was asked for."""


class LockError(HomeportError):
    """A lock is missing, stale or unreadable."""


class PlanError(HomeportError):
    """The files are valid, and yet no plan can be made of them."""


class ErrorGroup(HomeportError):
    """All errors of one file, or of several, ordered by file and line.

    Its own path, found, allowed and fix are those of the first one.
    """

    def __init__(self, errors: Iterable[HomeportError]) -> None:
        members = [member for error in errors for member in error.errors]
        if not members:
            raise ValueError("an ErrorGroup needs at least one error")
        members.sort(key=lambda member: member.problem.order)
        self._members = tuple(members)
        first = self._members[0].problem
        super().__init__(
            path=first.path,
            found=first.found,
            allowed=first.allowed,
            fix=first.fix,
            file=first.file,
            line=first.line,
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong, in order of file and line."""
        return tuple(member.problem for member in self._members)

    @property
    def errors(self) -> tuple[HomeportError, ...]:
        """The single errors, each of its own class."""
        return self._members

    def __reduce__(self) -> tuple[Any, ...]:
        return (ErrorGroup, (self._members,))


class Source(Protocol):
    """A file that knows where its paths stand."""

    @property
    def file(self) -> str:
        """Name to show, relative to the project's root."""
        ...

    def locate(self, path: str) -> tuple[str, int | None]:
        """The path as the file's reader knows it, and the line of its nearest existing part."""
        ...


def located(error: HomeportError, source: Source) -> HomeportError:
    """`error` with the file and line of its path in `source`.

    For errors raised where only the path is known. A part that already has a file keeps it.
    """
    placed = [_placed(member, source) for member in error.errors]
    return placed[0] if not isinstance(error, ErrorGroup) else ErrorGroup(placed)


def _placed(error: HomeportError, source: Source) -> HomeportError:
    if error.file is not None:
        return error
    path, line = source.locate(error.path)
    return type(error).of(replace(error.problem, path=path, file=source.file, line=line))


def raise_all(errors: Iterable[HomeportError]) -> None:
    """Raise the only error, or a group of them all; return where there is none."""
    members = [member for error in errors for member in error.errors]
    if len(members) == 1:
        raise members[0]
    if members:
        raise ErrorGroup(members)
