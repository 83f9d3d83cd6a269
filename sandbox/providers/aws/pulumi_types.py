"""Names, types, nesting and required inputs of a resource type, read from pulumi_aws's generated classes."""

import dataclasses
import enum
import functools
import hashlib
import importlib
import inspect
import json
import os
import re
import typing
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pulumi import _types as pulumi_sdk_types


@dataclass(frozen=True, kw_only=True)
class PulumiType:
    """A property's type: string, boolean, integer, number, asset, list or map of `element`, object with `fields`."""

    kind: str
    element: "PulumiType | None" = None
    fields: Mapping[str, "PulumiType"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class PulumiResource:
    """`inputs` is an object; `outputs` every property of the state; `computed` those that AWS fills in always."""

    inputs: PulumiType
    outputs: frozenset[str]
    computed: frozenset[str]


_SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number"}


def pulumi_resource(token: str, python: str = "") -> PulumiResource:
    """The type behind a token, from the cache of an earlier process where there is one.

    pulumi_aws takes a second to import for the larger services, and every Pulumi command starts a provider.
    """
    name = python or python_name(token)
    cached = cache_folder() / f"{name.replace(':', '.')}.json"
    if cached.exists():
        return _resource_from(json.loads(cached.read_text()))
    resource = introspected(token, python)
    cached.parent.mkdir(parents=True, exist_ok=True)
    draft = cached.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(dataclasses.asdict(resource), default=sorted))
    draft.replace(cached)
    return resource


@functools.cache
def cache_folder() -> Path:
    """Below the user's cache; a folder of its own for each version of pulumi_aws and of this file."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    content = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    return base / "homeport" / "sandbox" / f"pulumi-aws-{version('pulumi-aws')}-{content}"


def introspected(token: str, python: str = "") -> PulumiResource:
    """The type behind a token such as `aws:ec2/vpc:Vpc`. Raises ImportError where pulumi_aws has none.

    Not for several threads at once: pulumi_aws's modules import each other in circles, which Python's import locks
    refuse when two threads enter the circle at different places.
    """
    module_name, class_name = (python or python_name(token)).split(":")
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # of neighbours in the package, which nobody asked for
        module = importlib.import_module(f"pulumi_aws.{module_name}")
    resource_class = getattr(module, class_name)
    outputs = {
        name: getter.fget.__annotations__["return"]
        for _, name, getter in pulumi_sdk_types._py_properties(resource_class)
    }
    return PulumiResource(
        inputs=_object(_arguments_class(module, class_name)),
        outputs=frozenset(outputs),
        computed=frozenset(name for name, hint in outputs.items() if not _may_be_none(hint)),
    )


def _arguments_class(module: Any, class_name: str) -> Any:
    """`<Class>Args`, or `<Class>InitArgs` where a nested type of that name exists (BucketVersioning)."""
    return getattr(module, f"{class_name}InitArgs", None) or getattr(module, f"{class_name}Args")


def python_name(token: str) -> str:
    """`aws:ec2/launchTemplate:LaunchTemplate` -> `ec2.launch_template:LaunchTemplate`."""
    _, path, class_name = token.split(":")
    module, _, file_name = path.partition("/")
    return f"{module}.{snake_case(file_name)}:{class_name}"


def snake_case(name: str) -> str:
    """`bucketOwnershipControls` -> `bucket_ownership_controls`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _may_be_none(hint: Any) -> bool:
    """Whether an output's annotation, `pulumi.Output[Optional[str]]` or the same as text, allows None."""
    text = hint if isinstance(hint, str) else repr(hint)
    return "Optional[" in text or "None" in text


def _resource_from(document: Mapping[str, Any]) -> PulumiResource:
    return PulumiResource(
        inputs=_type_from(document["inputs"]),
        outputs=frozenset(document["outputs"]),
        computed=frozenset(document["computed"]),
    )


def _type_from(document: Mapping[str, Any]) -> PulumiType:
    return PulumiType(
        kind=document["kind"],
        element=_type_from(document["element"]) if document["element"] else None,
        fields={name: _type_from(field) for name, field in document["fields"].items()},
        required=frozenset(document["required"]),
    )


def _object(args_class: type, within: tuple[type, ...] = ()) -> PulumiType:
    """An object's fields. A class within itself (statements of a web ACL) is of kind `any` there."""
    if args_class in within:
        return PulumiType(kind="any")
    within = (*within, args_class)
    hints = pulumi_sdk_types.input_type_types(args_class)
    names = pulumi_sdk_types.input_type_py_to_pulumi_names(args_class)
    parameters = inspect.signature(args_class.__init__).parameters
    required = {
        names[name]
        for name, parameter in parameters.items()
        if name in names and parameter.default is inspect.Parameter.empty
    }
    return PulumiType(
        kind="object",
        fields={name: _type(hint, within) for name, hint in hints.items()},
        required=frozenset(required),
    )


def _type(hint: Any, within: tuple[type, ...] = ()) -> PulumiType:
    hint = _plain(hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        hint = next(base for base in hint.__mro__ if base in _SCALARS)
    if hint in _SCALARS:
        return PulumiType(kind=_SCALARS[hint])
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is not None and issubclass(origin, Mapping):
        return PulumiType(kind="map", element=_type(arguments[1], within))
    if origin is not None:
        return PulumiType(kind="list", element=_type(arguments[0], within))
    if isinstance(hint, type) and pulumi_sdk_types.is_input_type(hint):
        return _object(hint, within)
    if getattr(hint, "__module__", "") == "pulumi.asset":
        return PulumiType(kind="asset")
    if hint is Any:
        return PulumiType(kind="any")
    raise TypeError(f"pulumi_aws has an input type that the stand-in does not know: {hint!r}")


def _plain(hint: Any) -> Any:
    """The type inside Input[...], Optional[...] and `str | SomeEnum`."""
    if typing.get_origin(hint) is not typing.Union:
        return hint
    members = [_plain(member) for member in typing.get_args(hint) if not _is_wrapper(member)]
    return str if str in members else members[0]


def _is_wrapper(member: Any) -> bool:
    origin = typing.get_origin(member)
    name = getattr(origin or member, "__name__", "")
    return member is type(None) or name in ("Awaitable", "Output")
