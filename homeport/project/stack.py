"""Everything that the files of a stack say, or everything that is wrong with them."""

from collections.abc import Collection, Iterator
from pathlib import Path

from homeport.errors import HomeportError, SettingsError, located, raise_all
from homeport.planner.sources import EndpointSource, StackSources
from homeport.project.endpoint_file import endpoint_source
from homeport.project.folder import spec_files
from homeport.project.layout import SPEC_ENDING, require_stack, settings_path
from homeport.project.reading import collected
from homeport.project.settings_file import load_settings, settings_source
from homeport.spec import StackSettings
from homeport.spec.suggestions import nearest, one_of


def load_stack(root: Path, stack: str, *, with_locks: bool = True) -> StackSources:
    """Everything that the files of `stack` say; without the locks where they are about to be replaced.

    Raises `HomeportError`, an `ErrorGroup` where several things are wrong: all errors of all files.
    """
    require_stack(root, stack)
    errors: list[HomeportError] = []
    settings = collected(errors, lambda: load_settings(root, stack))
    specs = spec_files(root, stack, errors)
    endpoints: list[EndpointSource] = []
    for path in specs:
        endpoint = collected(
            errors,
            lambda path=path: endpoint_source(root, path, settings, with_lock=with_locks),
        )
        if endpoint is not None:
            endpoints.append(endpoint)
    if settings is not None:
        known = [path.name.removesuffix(SPEC_ENDING) for path in specs]
        errors += _unknown_listeners(root, stack, settings, known)
    raise_all(errors)
    if settings is None:
        raise AssertionError("a stack without settings has errors")
    return StackSources(
        name=stack,
        path=settings_path(root, stack),
        source=settings_source(root, stack),
        settings=settings,
        endpoints=tuple(sorted(endpoints, key=lambda one: one.spec.name)),
    )


def _unknown_listeners(
    root: Path, stack: str, settings: StackSettings, endpoints: Collection[str]
) -> Iterator[HomeportError]:
    for name in settings.listener_ports:
        if name not in endpoints:
            near = nearest(name, endpoints)
            yield located(
                SettingsError(
                    path=f"listenerPorts.{name}",
                    found=f"the unknown endpoint {name}",
                    allowed=one_of(endpoints) if endpoints else "an endpoint of the stack",
                    fix=f"did you mean {near}?" if near else "remove the line",
                ),
                settings_source(root, stack),
            )
