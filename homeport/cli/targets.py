"""What the user named on the command line: a stack, or spec files of one stack."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from homeport.errors import HomeportError
from homeport.project import find_root, stack_names


@dataclass(frozen=True, kw_only=True)
class Target:
    """A stack, and the endpoints of it that were asked for."""

    root: Path
    stack: str
    endpoints: frozenset[str] | None
    """None: all of them."""

    def includes(self, endpoint: str) -> bool:
        """Whether the endpoint was asked for."""
        return self.endpoints is None or endpoint in self.endpoints


def read_targets(arguments: Sequence[str]) -> Target:
    """The stack or the files that `arguments` name.

    Nothing named means the only stack of the project. Raises `HomeportError` where files of two
    stacks are mixed or no stack can be chosen.
    """
    root = find_root(Path.cwd())
    files = [Path(argument) for argument in arguments if argument.endswith((".yaml", ".yml"))]
    stacks = [argument for argument in arguments if not argument.endswith((".yaml", ".yml"))]
    if files and not stacks:
        return _target_of_files(root, files)
    if len(stacks) == 1 and not files:
        return Target(root=root, stack=stacks[0], endpoints=None)
    known = stack_names(root)
    if not arguments and len(known) == 1:
        return Target(root=root, stack=known[0], endpoints=None)
    raise HomeportError(
        path="",
        found=" ".join(arguments) or "no stack",
        allowed="one stack, or spec files of one stack",
        fix=f"name one of: {', '.join(known) or '(none in stacks/)'}",
    )


def _target_of_files(root: Path, files: Sequence[Path]) -> Target:
    folders = {file.resolve().parent for file in files}
    if len(folders) != 1:
        raise HomeportError(
            path="",
            found=f"files of {len(folders)} folders",
            allowed="spec files of one stack",
            fix="run the command once for each stack",
        )
    return Target(
        root=root, stack=folders.pop().name, endpoints=frozenset(file.stem for file in files)
    )
