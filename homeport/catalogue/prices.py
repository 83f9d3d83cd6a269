"""List prices: machines by the hour, services by the hour or the month. Never a guess.

On demand, Linux, shared tenancy, USD, without tax, traffic and discounts.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from homeport.catalogue.rows import load_families, load_rows
from homeport.errors import CatalogueError

HOURS_PER_MONTH = 730
"""365 days of 24 hours over 12 months: AWS's own month in its pricing examples."""

Service = Literal[
    "alb",
    "nlb",
    "nat-gateway",
    "public-ipv4",
    "interface-endpoint",
    "gp3-gib",
    "gp3-iops",
    "gp3-mib-per-second",
    "kms-key",
    "alarm",
    "alarm-high-resolution",
    "custom-metric",
    "dashboard",
    "waf-acl",
    "waf-rule",
    "hosted-zone",
    "secret",
    "lambda-gib-second",
    "lambda-run",
    "dynamodb-read",
]
"""What one unit of each price is: see the names. `public-ipv4` and `interface-endpoint` are for one
address and for one endpoint in one zone; gp3 counts what exceeds 3,000 IOPS and 125 MiB/s; an alarm
on an expression costs one `alarm` for each metric in it; GiB-seconds and runs of a function and
reads of a table are those of a month."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one unit costs."""

    usd_per_hour: float
    source: str
    date: str
    """Day of the price list, or on which the source was read."""
    verified: bool
    """False where no page was read that quotes it: a plan says so."""


@cache
def _instance_prices() -> dict[tuple[str, str], Price]:
    return {
        (row["region"], row["name"]): Price(
            usd_per_hour=row["usd_per_hour"],
            source=row["source"],
            date=row["date"],
            verified=row["verified"],
        )
        for family in load_families("aws")
        for row in family.prices
    }


@cache
def _service_prices() -> dict[tuple[str, str], Price]:
    return {
        (row["region"], row["service"]): Price(
            usd_per_hour=row["usd"] / (HOURS_PER_MONTH if row["per"] == "month" else 1),
            source=row["source"],
            date=row["date"],
            verified=row["verified"],
        )
        for row in load_rows("aws_service_prices", "prices")
    }


def instance_price(cloud: str, region: str, name: str) -> Price:
    """On-demand price of the machine `name`. Raises CatalogueError where the region has no row."""
    found = find_instance_price(cloud, region, name)
    if found is None:
        raise _unknown(cloud, region, name, "compute.instanceType")
    return found


def find_instance_price(cloud: str, region: str, name: str) -> Price | None:
    """The same, None where the region has no row."""
    return _instance_prices().get((region, name)) if cloud == "aws" else None


def find_service_price(cloud: str, region: str, service: Service) -> Price | None:
    """Price of one unit of `service`, None where the region has no row."""
    return _service_prices().get((region, service)) if cloud == "aws" else None


def priced_regions(cloud: str) -> tuple[str, ...]:
    """Regions for which the catalogue holds prices, in order of name."""
    if cloud != "aws":
        return ()
    return tuple(sorted({region for region, _ in _instance_prices()}))


def _unknown(cloud: str, region: str, what: str, path: str) -> CatalogueError:
    known = priced_regions(cloud)
    allowed = ", ".join(known) if known else "no region: the catalogue has no prices of it yet"
    return CatalogueError(
        path=path,
        found=f"no price of {what} in {region}",
        allowed=f"a region of {cloud} with prices: {allowed}",
        fix=f"use {known[0]}, or add a row with its source to the catalogue"
        if known
        else "use another cloud",
    )
