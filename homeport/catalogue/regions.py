"""Regions that the catalogue knows, and which machine families they offer."""

import re
from dataclasses import dataclass
from functools import cache

from homeport.catalogue.rows import load_families
from homeport.errors import CatalogueError

_ZONE_SUFFIX = re.compile(r"[a-z]")


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region of a cloud."""

    cloud: str
    name: str
    machine_families: tuple[str, ...]
    """Families of this catalogue that the region offers, in every size."""

    def offers(self, instance_name: str) -> bool:
        """Whether the region has the machine `family.size`."""
        return instance_name.partition(".")[0] in self.machine_families

    def names_zone(self, zone: str) -> bool:
        """Whether `zone` can be a zone of this region: its name and one letter.

        Which letters exist, and which of them has a machine type, differs from account to account
        (AWS maps letters to buildings for each account), so it is no fact of the catalogue.
        """
        return zone.startswith(self.name) and bool(
            _ZONE_SUFFIX.fullmatch(zone.removeprefix(self.name))
        )


@cache
def _regions(cloud: str) -> dict[str, Region]:
    offered: dict[str, list[str]] = {}
    for family in load_families(cloud):
        for name in family.regions:
            offered.setdefault(name, []).append(family.name)
    return {
        name: Region(cloud=cloud, name=name, machine_families=tuple(families))
        for name, families in offered.items()
    }


def regions(cloud: str) -> tuple[Region, ...]:
    """The regions of `cloud` in order of name; empty for a cloud that is not carried yet."""
    return tuple(sorted(_regions(cloud).values(), key=lambda each: each.name))


def region(cloud: str, name: str) -> Region:
    """The region `name`. Raises CatalogueError where the catalogue does not know it."""
    known = _regions(cloud)
    if not known:
        raise CatalogueError(
            path="homeport:cloud",
            found=cloud,
            allowed="aws: the catalogue carries no machine of another cloud yet",
            fix="write `homeport:cloud: aws`",
        )
    if name in known:
        return known[name]
    raise CatalogueError(
        path="homeport:region",
        found=name,
        allowed=f"a region of the catalogue: {', '.join(sorted(known))}",
        fix="write for example us-east-1",
    )
