"""The resource types that the stand-in serves: one file each in `resources/`, imported when a program uses it."""

import functools
import importlib
import pkgutil
import threading

from sandbox.providers.aws import resources
from sandbox.providers.aws.declaration import ResourceType
from sandbox.providers.aws.pulumi_types import snake_case

_loading = threading.Lock()


class UnknownTypeError(Exception):
    """The program registers a type that has no mapping file."""


@functools.cache
def resource_type(token: str) -> ResourceType:
    """The type with this Pulumi token, from `resources/<module>_<type>.py`."""
    _, path, _ = token.split(":")
    module, _, file_name = path.partition("/")
    name = f"{module}_{snake_case(file_name)}"
    if name not in _module_names():
        raise UnknownTypeError(
            f"the sandbox does not serve {token}; it would need sandbox/providers/aws/resources/{name}.py"
        )
    return _load(name)


def all_resource_types() -> list[ResourceType]:
    """Every registered type, in the order of their files."""
    return [_load(name) for name in sorted(_module_names())]


def _load(name: str) -> ResourceType:
    with _loading:  # types that share modules must not be imported by two threads at once
        return importlib.import_module(f"{resources.__name__}.{name}").TYPE


@functools.cache
def _module_names() -> frozenset[str]:
    """Files that are a type; those that start with an underscore hold what several share."""
    return frozenset(
        module.name
        for module in pkgutil.iter_modules(resources.__path__)
        if not module.name.startswith("_")
    )
