"""Where a project's files lie, and which stacks it has."""

from pathlib import Path

from homeport.errors import SettingsError
from homeport.project.reading import shown_path
from homeport.spec.names import STACK_NAME_MAX, label_problem
from homeport.spec.shown import shown_text
from homeport.spec.suggestions import nearest, one_of

STACKS = "stacks"
SPEC_ENDING = ".yaml"
LOCK_ENDING = ".lock.json"
_SETTINGS_START = "Pulumi."


def find_root(start: Path) -> Path:
    """The nearest folder from `start` upwards that holds a project.

    Raises `SettingsError` where there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "Pulumi.yaml").is_file() and (folder / STACKS).is_dir():
            return folder
    raise SettingsError(
        path="",
        found=f"no Pulumi.yaml beside a folder {STACKS}/ in {start} or above",
        allowed="a folder of a project",
        fix="change into the project's folder",
    )


def stack_names(root: Path) -> tuple[str, ...]:
    """Names of the stacks that have settings, sorted."""
    files = (root / STACKS).glob(f"{_SETTINGS_START}*{SPEC_ENDING}")
    return tuple(sorted(_stack_of(file) for file in files if file.is_file()))


def _stack_of(settings_file: Path) -> str:
    return settings_file.name.removeprefix(_SETTINGS_START).removesuffix(SPEC_ENDING)


def settings_path(root: Path, stack: str) -> Path:
    """The settings' file of a stack."""
    return root / STACKS / f"{_SETTINGS_START}{stack}{SPEC_ENDING}"


def require_stack(root: Path, stack: str) -> None:
    """Raise `SettingsError` where the stack has no settings, or a name that nothing can carry."""
    known = stack_names(root)
    if stack not in known:
        near = nearest(stack, known)
        raise SettingsError(
            path="",
            found=f"no stack {shown_text(stack)}",
            allowed=one_of(known) if known else f"a stack with settings in {STACKS}/",
            fix=f"did you mean {near}?"
            if near
            else f"write its settings to {STACKS}/{_SETTINGS_START}<stack>{SPEC_ENDING}",
        )
    problem = label_problem(stack, STACK_NAME_MAX)
    if problem:
        raise SettingsError(
            path="",
            found=f"the stack {problem.found}",
            allowed=problem.allowed,
            fix=f"rename {STACKS}/{_SETTINGS_START}{stack}{SPEC_ENDING}",
            file=shown_path(root, settings_path(root, stack)),
        )
