"""Plain data about what an account holds."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PublishedImage:
    """A machine image as its cloud publishes it."""

    identifier: str
    date: str
    """Day of publication, ISO."""


@dataclass(frozen=True, kw_only=True, order=True)
class AccountResource:
    """A resource that carries the stack's tag, or stands under its IAM path."""

    kind: str
    """The cloud's own word, such as `ec2:vpc`."""
    identifier: str
    """ARN where the cloud gives one, else the id."""
    delete_command: str

    @property
    def short_identifier(self) -> str:
        """Last part of the ARN: the id by which older interfaces know the resource."""
        return self.identifier.rpartition("/")[2].rpartition(":")[2]


def leftovers(
    resources: Iterable[AccountResource], known_identifiers: Iterable[str]
) -> tuple[AccountResource, ...]:
    """Resources that no identifier in the deployment's state names, sorted.

    `known_identifiers` are ids, ARNs and names of the state; a resource is known when its ARN, or its
    id within its kind, is among them.
    """
    known = set(known_identifiers)
    return tuple(
        sorted(
            resource
            for resource in set(resources)
            if resource.identifier not in known and resource.short_identifier not in known
        )
    )
