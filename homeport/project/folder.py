"""What lies in a stack's folder."""

from pathlib import Path

from homeport.errors import HomeportError, SpecError
from homeport.project.layout import LOCK_ENDING, SPEC_ENDING, STACKS
from homeport.project.reading import shown_path


def spec_files(root: Path, stack: str, errors: list[HomeportError]) -> list[Path]:
    """The specs in a stack's folder; whatever is neither spec nor lock becomes an error.

    A stack whose last endpoint was removed has no folder: version control keeps no empty ones.
    """
    folder = root / STACKS / stack
    if not folder.is_dir():
        return []
    files = sorted(folder.iterdir())
    specs = [file for file in files if file.name.endswith(SPEC_ENDING)]
    stems = {spec.name.removesuffix(SPEC_ENDING) for spec in specs}
    for file in files:
        problem = _stray(file, stems)
        if problem is not None:
            found, fix = problem
            errors.append(
                SpecError(
                    path="",
                    found=found,
                    allowed=f"<endpoint>{SPEC_ENDING} or <endpoint>{LOCK_ENDING}",
                    fix=fix,
                    file=shown_path(root, file),
                )
            )
    return specs


def _stray(file: Path, stems: set[str]) -> tuple[str, str] | None:
    """What `file` is and what to do; None for specs, their locks, and hidden files of other tools."""
    if file.name.endswith(SPEC_ENDING):
        return None
    if file.name.endswith(LOCK_ENDING):
        if file.name.removesuffix(LOCK_ENDING) in stems:
            return None
        return "a lock without its spec", "delete it, or bring the spec back"
    if file.suffix == ".yml":
        return "a spec that ends in .yml", f"rename it to {file.stem}{SPEC_ENDING}"
    if file.name.startswith("."):
        return None
    if file.is_dir():
        return "a folder", "move its specs up: a stack has no folders"
    return "a file that is neither spec nor lock", "move it out of the stack's folder"
