"""The clouds' own words: accounts, regions, consumers. One row a cloud."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Cloud = Literal["aws", "azure", "gcp", "kubernetes"]
CLOUDS: tuple[Cloud, ...] = get_args(Cloud)


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """The form of one kind of word, and how to describe it."""

    pattern: re.Pattern[str]
    words: str
    example: str

    def fits(self, text: str) -> bool:
        """True where the whole text has the form."""
        return self.pattern.fullmatch(text) is not None


_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_AWS_ACCOUNT = Grammar(
    pattern=re.compile(r"[0-9]{12}"),
    words="an AWS account id: 12 digits in quotes",
    example='"123456789012"',
)
_AZURE_SUBSCRIPTION = Grammar(
    pattern=_UUID,
    words="an Azure subscription id: a lower-case UUID",
    example="00000000-0000-0000-0000-000000000000",
)
_GOOGLE_PROJECT = Grammar(
    # Resource Manager API, Project.projectId: 6 to 30 lower-case letters, digits or hyphens.
    pattern=re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]"),
    words="a Google Cloud project id",
    example="acme-search",
)
_CLUSTER = Grammar(
    pattern=re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:@-]{0,252}"),
    words="the name of a cluster",
    example="prod-cluster",
)

ACCOUNTS: Mapping[Cloud, Grammar] = {
    "aws": _AWS_ACCOUNT,
    "azure": _AZURE_SUBSCRIPTION,
    "gcp": _GOOGLE_PROJECT,
    "kubernetes": _CLUSTER,
}
"""What `homeport:account` names on each cloud."""

CONSUMERS: Mapping[Cloud, Grammar] = {
    "aws": _AWS_ACCOUNT,
    "azure": _AZURE_SUBSCRIPTION,
    "gcp": _GOOGLE_PROJECT,
    "kubernetes": _CLUSTER,
}
"""Who may connect to a private endpoint."""

REGIONS: Mapping[Cloud, Grammar] = {
    "aws": Grammar(
        # us-east-1, us-gov-west-1, ap-southeast-7, eusc-de-east-1
        pattern=re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}"),
        words="an AWS region",
        example="us-east-1",
    ),
    "azure": Grammar(
        pattern=re.compile(r"[a-z]+[0-9]?"), words="an Azure region", example="eastus"
    ),
    "gcp": Grammar(
        pattern=re.compile(r"[a-z]+-[a-z]+[0-9]{1,2}"),
        words="a Google Cloud region",
        example="us-east4",
    ),
    "kubernetes": Grammar(
        pattern=re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"),
        words="a lower-case name",
        example="eu-1",
    ),
}

_AWS_ZONE = re.compile(rf"({REGIONS['aws'].pattern.pattern})[a-z]")


def region_fix(cloud: Cloud, region: str) -> str:
    """What to write instead of `region`."""
    zone = _AWS_ZONE.fullmatch(region)
    if cloud == "aws" and zone:
        return f"{region} is a zone; write its region {zone[1]}"
    return f"write for example {REGIONS[cloud].example}"
