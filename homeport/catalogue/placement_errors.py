"""What to say where no machine fits, so that the reader can write the line that does."""

import difflib
from collections.abc import Sequence

from homeport.errors import CatalogueError

Offer = tuple[int, str, float | None]
"""Count, machine, price in USD per hour (None where unknown)."""


def not_carried(cloud: str, accelerator: str, carried: Sequence[str]) -> CatalogueError:
    """No machine with `accelerator` is in the catalogue: the cloud sells none."""
    return CatalogueError(
        path="compute.accelerator",
        found=accelerator,
        allowed=f"an accelerator that {cloud} has: it sells no machine with {accelerator}",
        fix=f"choose one of {', '.join(carried)}" if carried else "use another cloud",
    )


def not_offered(
    cloud: str, region: str, accelerator: str, elsewhere: Sequence[str]
) -> CatalogueError:
    """The catalogue has machines with `accelerator`, the region does not."""
    return CatalogueError(
        path="compute.accelerator",
        found=f"{accelerator} in {region}",
        allowed=f"an accelerator that {cloud} offers there; "
        f"{accelerator} is in {', '.join(elsewhere)}",
        fix="choose another accelerator, or put the endpoint into a stack of one of these regions",
    )


def without_count(accelerator: str, count: int, offers: Sequence[Offer]) -> CatalogueError:
    """The region has machines with `accelerator`, none with `count`; `offers` has one at least."""
    counts = sorted({each[0] for each in offers})
    unit = "vCPU" if accelerator == "cpu" else accelerator
    lines = [_line(_cheapest(offers, near), unit) for near in _neighbours(counts, count)]
    return CatalogueError(
        path="compute.count",
        found=f"{count} {unit} in one machine",
        allowed=f"a count that a machine has: {_one_of(counts)}",
        fix=f"write {' or '.join(lines)}",
    )


def unknown_instance(cloud: str, name: str, known: Sequence[str]) -> CatalogueError:
    """`name` is not in the catalogue; the fix is the nearest name that is."""
    family = name.partition(".")[0]
    same = [each for each in known if each.partition(".")[0] == family]
    near = difflib.get_close_matches(name, same or known, n=1, cutoff=0.0)
    families = sorted({each.partition(".")[0] for each in known})
    listed = ", ".join(same) if same else ", ".join(f"{each}.*" for each in families)
    return CatalogueError(
        path="compute.instanceType",
        found=name,
        allowed=f"a machine of homeport's catalogue for {cloud}: {listed or 'none yet'}",
        fix=f"write for example `instanceType: {near[0]}`" if near else "use another cloud",
    )


def _neighbours(counts: Sequence[int], count: int) -> list[int]:
    smaller = [each for each in counts if each < count][-1:]
    larger = [each for each in counts if each >= count][:1]
    return [*smaller, *larger]


def _cheapest(offers: Sequence[Offer], count: int) -> Offer:
    same = [each for each in offers if each[0] == count]
    return min(same, key=lambda each: (each[2] is None, each[2] or 0.0))


def _line(offer: Offer, unit: str) -> str:
    count, name, usd_per_hour = offer
    price = "price unknown" if usd_per_hour is None else f"{usd_per_hour:.2f} USD per hour"
    return f"`instanceType: {name}` ({count} {unit}, {price})"


def _one_of(counts: Sequence[int]) -> str:
    *most, last = [str(each) for each in counts]
    return f"{', '.join(most)} or {last}" if most else last
