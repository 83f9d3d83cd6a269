"""The live side of a stack: what its account holds. One file a cloud, one interface."""

import importlib
from types import ModuleType

from homeport.errors import HomeportError

_MODULES = {"aws": "homeport.operations.aws"}


def operations(cloud: str) -> ModuleType:
    """The cloud's operations module, loaded when a command needs it.

    Raises `HomeportError` for a cloud without one, and for a missing SDK.
    """
    if cloud not in _MODULES:
        raise HomeportError(
            path="cloud",
            found=f"{cloud}, whose operations are not built yet",
            allowed=", ".join(_MODULES),
            fix="use the cloud's own console for now",
        )
    return importlib.import_module(_MODULES[cloud])
