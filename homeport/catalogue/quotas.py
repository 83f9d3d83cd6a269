"""Under which name and code a cloud's account limits what a stack needs."""

from dataclasses import dataclass
from typing import Literal

from homeport.catalogue.rows import load_rows
from homeport.errors import CatalogueError


@dataclass(frozen=True, kw_only=True)
class Quota:
    """One limit of an account in a region."""

    service: str
    """The cloud's name of the service that it belongs to."""
    code: str
    name: str
    source: str
    date: str


def machine_quota(cloud: str, instance_type: str, capacity: Literal["on-demand", "spot"]) -> Quota:
    """The quota that counts the vCPU of such machines. Raises `CatalogueError` for a family without one."""
    family = instance_type.partition(".")[0]
    for row in load_rows(f"{cloud}_quotas", "machines"):
        if row["capacity"] == capacity and family in row["families"]:
            return _quota("ec2", row)
    raise CatalogueError(
        path="compute.instanceType",
        found=f"{instance_type}, for whose {capacity} machines the catalogue knows no quota",
        allowed="a family of the catalogue's quotas",
        fix=f"add {family} to homeport/catalogue/data/{cloud}_quotas.json",
    )


def function_quota(cloud: str) -> Quota:
    """The quota that counts functions which run at the same time."""
    (row,) = load_rows(f"{cloud}_quotas", "functions")
    return _quota("lambda", row)


def _quota(service: str, row: dict[str, str]) -> Quota:
    names = ("code", "name", "source", "date")
    return Quota(service=service, **{name: row[name] for name in names})
