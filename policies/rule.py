"""What a rule is: a pure question asked of resources as they are about to be.

The same rules run in a policy pack of the engine (`policies.pack`) and in `homeport plan`
(`policies.verdicts`), on the same words: Pulumi's resource types and inputs in camelCase.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Inputs = Mapping[str, Any]
"""A resource's inputs. At a preview a value may be unknown; reading it ends the question there, and the
engine says so."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource of a stack."""

    urn: str
    type: str
    """Such as `aws:kms/key:Key`."""
    inputs: Inputs
    dependencies: tuple[str, ...] = ()
    """URNs of the resources that its inputs come from: known even while the values are not."""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A resource that breaks a rule."""

    urn: str
    text: str
    """What was found and what must stand there instead."""


CheckResource = Callable[[str, Inputs], Iterator[str]]
CheckStack = Callable[[Sequence[Resource]], Iterator[Violation]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One thing that must hold; in `policies/rules/<cloud>/<name with underscores>.py`."""

    name: str
    """Verb and object, such as `encrypt-disks`."""
    description: str
    """What must hold, in one sentence."""
    source: str
    """The control or the document that asks for it."""
    check_resource: CheckResource | None = None
    """Type and inputs of one resource -> what is wrong with it. Runs before the resource is made."""
    check_stack: CheckStack | None = None
    """What only several resources together show. Runs at the end of a preview or an update."""

    def violations(self, resources: Sequence[Resource]) -> Iterator[Violation]:
        """Everything in `resources` that breaks the rule."""
        for resource in resources if self.check_resource else ():
            assert self.check_resource is not None
            for text in self.check_resource(resource.type, resource.inputs):
                yield Violation(urn=resource.urn, text=text)
        if self.check_stack:
            yield from self.check_stack(resources)


def entries(value: Any) -> Sequence[Any]:
    """A list input, which may be left out."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def is_true(value: Any) -> bool:
    """AWS's provider takes some booleans as texts."""
    return value is True or value == "true"
