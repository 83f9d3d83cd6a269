"""The provider's own configuration: which account and region, and a refusal of what the stand-in cannot honour."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.providers.aws.values import UNKNOWN

HONOURED = frozenset({"region", "allowedAccountIds", "forbiddenAccountIds"})
WITHOUT_EFFECT = frozenset(
    {
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
    }
)
"""Checks that need a real cloud; pulumi_aws sets three of them by itself."""
ENGINES_OWN = frozenset(
    {"version", "pluginDownloadURL", "pluginChecksums", "__internal", "__defaults", "urn", "id"}
)


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """`region` is empty where the program named none."""

    region: str
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()


def configuration_failures(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(key, reason) for each setting that is not honoured, and for a missing region."""
    failures = [
        (
            key,
            "the sandbox's AWS provider does not honour this setting; it serves "
            + ", ".join(sorted(HONOURED)),
        )
        for key in values
        if key not in HONOURED | WITHOUT_EFFECT | ENGINES_OWN
    ]
    if not values.get("region"):
        failures.append(
            (
                "region",
                "invalid AWS Region: it is missing; set aws:region or pass region to the provider",
            )
        )
    return failures


def configuration_of(values: Mapping[str, Any]) -> Configuration:
    """Read the settings; lists arrive as JSON texts."""
    region = values.get("region", "")
    return Configuration(
        region="" if region is UNKNOWN else region,
        allowed_accounts=tuple(_list(values.get("allowedAccountIds"))),
        forbidden_accounts=tuple(_list(values.get("forbiddenAccountIds"))),
    )


def account_failure(configuration: Configuration, account_id: str) -> str:
    """Why this account may not be used, or nothing."""
    allowed = not configuration.allowed_accounts or account_id in configuration.allowed_accounts
    if allowed and account_id not in configuration.forbidden_accounts:
        return ""
    return f"AWS account ID not allowed: {account_id}"


def _list(value: Any) -> list[str]:
    if value is None or value is UNKNOWN:
        return []
    return json.loads(value) if isinstance(value, str) else list(value)
