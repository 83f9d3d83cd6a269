"""One endpoint's spec and lock."""

from dataclasses import dataclass
from pathlib import Path

from homeport.errors import HomeportError, LockError, SpecError, located, raise_all
from homeport.lock import Lock, read_lock
from homeport.planner.sources import EndpointSource
from homeport.project.layout import LOCK_ENDING, SPEC_ENDING
from homeport.project.reading import collected, read_bytes, require_inside, shown_path
from homeport.project.settings_file import other_stacks
from homeport.spec import EndpointSpec, StackSettings
from homeport.spec.against import StackOf
from homeport.spec.parse import parse_endpoint
from homeport.spec.shown import shown_text
from homeport.spec.yaml_source import YamlSource


def load_spec_file(
    path: Path, settings: StackSettings | None, *, root: Path | None = None
) -> EndpointSpec:
    """One spec, checked against `settings` where given; `root` bounds and shortens the path.

    Raises `SpecError`s, located.
    """
    root = root or path.parent
    source = YamlSource(file=shown_path(root, path), data=read_bytes(root, path, SpecError))
    return _spec(source, path, settings, other_stacks(root))


def endpoint_source(
    root: Path, path: Path, settings: StackSettings | None, *, with_lock: bool
) -> EndpointSource:
    """The spec and, where asked for, its lock. Raises every error of both, located."""
    source = YamlSource(file=shown_path(root, path), data=read_bytes(root, path, SpecError))
    errors: list[HomeportError] = []
    spec = collected(errors, lambda: _spec(source, path, settings, other_stacks(root)))
    lock = collected(errors, lambda: _lock(root, path)) if with_lock else None
    raise_all(errors)
    if spec is None:
        raise AssertionError("a file without a spec has errors")
    return EndpointSource(path=path, source=source, spec=spec, lock=lock)


def _spec(
    source: YamlSource, path: Path, settings: StackSettings | None, stack_of: StackOf
) -> EndpointSpec:
    spec = parse_endpoint(source, settings, stack_of)
    stem = path.name.removesuffix(SPEC_ENDING)
    if spec.name != stem:
        raise SpecError(
            path="name",
            found=spec.name,
            allowed=f"{shown_text(stem)}, the name of the file",
            fix=f"rename the file to {spec.name}{SPEC_ENDING}, or write the file's name here",
            file=source.file,
            line=source.line_of(("name",)),
        )
    return spec


def _lock(root: Path, spec: Path) -> Lock | None:
    path = spec.with_name(spec.name.removesuffix(SPEC_ENDING) + LOCK_ENDING)
    if not path.exists() and not path.is_symlink():
        return None
    require_inside(root, path, LockError)
    try:
        return read_lock(path)
    except HomeportError as error:
        raise located(error, _NamedFile(file=shown_path(root, path))) from None


@dataclass(frozen=True, kw_only=True)
class _NamedFile:
    """A file whose lines nobody edits by hand."""

    file: str

    def locate(self, path: str) -> tuple[str, int | None]:
        return path, None
