"""What a mapping file says about one resource type, as plain data.

Names, types, nesting and required inputs come from `pulumi_aws`; enums, patterns, limits and create-only properties
from the type's CloudFormation schema. A declaration only joins the two, and states where the real provider
differs from them; every such statement carries its source in `because`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.providers.aws.operation import Operation


class _Marker:
    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


SAME_NAME = _Marker("SAME_NAME")
"""CloudFormation's name is the property's own, starting with a capital."""
NO_DEFAULT = _Marker("NO_DEFAULT")


@dataclass(frozen=True, kw_only=True)
class Property:
    """One input property that the stand-in serves; `Property()` says that the data say it all.

    Everything that departs from the data needs `because`: the sentence or page of documentation that says so.
    """

    cloudformation: str | _Marker | None = SAME_NAME
    """Path in CloudFormation's schema below the parent's, `/` between steps, `*` into a list, a leading `/` starts at
    the top: `Role/Arn`, `Tags/*/Key`. None: CloudFormation has no such property."""
    because: str = ""
    default: Any = NO_DEFAULT
    """What the real provider fills in where the program says nothing; visible in the inputs, as in the real one."""
    replaces: bool | None = None
    """Whether a change replaces the resource. None: as CloudFormation's createOnlyProperties say."""
    replaces_when_added_or_removed: bool = False
    """A change of the value is done in place, but giving it or leaving it out replaces the resource."""
    unordered: bool | None = None
    """Whether the list is a set. None: as CloudFormation's uniqueItems and insertionOrder say."""
    json_document: bool = False
    """The string is a JSON document: compared as data, spaces and order of keys do not matter."""
    compared_as: Callable[[Any], Any] | None = None
    """Brings a value to the form in which the real provider compares it, for example without a final dot."""
    required: bool | None = None
    """None: as pulumi_aws says. It is laxer than the provider for a few (with a source in `because`)."""
    provider_only: bool = False
    """The cloud does not know it (such as forceDestroy): a refresh leaves it as it is."""
    write_only: bool = False
    """The cloud never shows it again: a refresh leaves it as it is."""
    rules: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema keywords that replace CloudFormation's, such as {"maxLength": 32}; a value None drops the keyword."""
    properties: Mapping[str, "Property"] = field(default_factory=dict)
    """For nested properties that need a statement; those not named here are served as the data say."""
    refused: frozenset[str] = frozenset()
    """Nested properties that the stand-in does not serve: an error, never dropped."""


@dataclass(frozen=True, kw_only=True)
class AutoName:
    """The property that the provider names when the program does not."""

    property: str = "name"
    max_length: int = 255
    prefix_property: str | None = "namePrefix"
    separator: str = "-"
    lower_case: bool = False
    before_suffix: str = ""
    """Text that must stay at the end, such as `.fifo`."""


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long the real provider waits before it gives up, in seconds; `customTimeouts` overrides them."""

    create_seconds: float = 1200
    update_seconds: float = 1200
    delete_seconds: float = 1200


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """One Pulumi resource type: its data, and its four operations on the account.

    create(operation)  makes it; calls `operation.created(id)` as soon as it exists, then does the rest
    read(operation)    everything as it is now, inputs and outputs under Pulumi's names, None when it is gone
    update(operation)  changes what `operation.changed` names, nothing else; None: every change replaces
    delete(operation)  deletes and waits; gone already is success
    """

    token: str
    cloudformation: str | None
    """The CloudFormation type, or None with the reason in `because`: then no enum or limit is known."""
    because: str = ""
    properties: Mapping[str, Property]
    """Every top-level input that the stand-in serves; another is refused. `region` and the reading of `tagsAll`
    are the framework's."""
    create: Callable[[Operation], None]
    read: Callable[[Operation], Mapping[str, Any] | None]
    update: Callable[[Operation], None] | None
    delete: Callable[[Operation], None]
    sample: Callable[[], dict[str, Any]]
    """Valid inputs with every served property that can stand beside the others; no account is needed."""
    auto_name: AutoName | None = None
    timeouts: Timeouts = Timeouts()
    recomputed: Callable[[frozenset[str]], frozenset[str]] = lambda _: frozenset()
    """Outputs that an update of `changed` gives another value, which no preview can know: unknown until then."""
    delete_before_replace: bool = False
    """The real provider's own setting, beside what it does for names that the program chose."""
    check: Callable[[Mapping[str, Any]], list[tuple[str, str]]] | None = None
    """Rules across properties (conflicts, exactly one of): (property path, reason) for each one broken.
    Values may be `UNKNOWN` at preview: such a value counts as given."""
    python: str = ""
    """`module:Class` below pulumi_aws where it does not follow from the token."""
    exempt: Mapping[str, str] = field(default_factory=dict)
    """Cases of the generated tests that do not hold for the real provider: `<kind> <property path>` -> reason with
    source, for example {"enum instanceTenancy": "..."}."""
