"""The baseline pack: what every stack must hold, whoever uses it."""

from policies.rule import Rule
from policies.rules.aws import (
    encrypt_disks,
    forbid_open_groups,
    forbid_public_addresses,
    forbid_role_wildcards,
    forbid_secrets_in_user_data,
    require_link_consumers,
    require_log_retention,
    require_metadata_v2,
    require_tls_policy,
    rotate_keys,
)

NAME = "homeport-baseline"
RULES: tuple[Rule, ...] = (
    encrypt_disks.RULE,
    forbid_open_groups.RULE,
    forbid_public_addresses.RULE,
    forbid_role_wildcards.RULE,
    forbid_secrets_in_user_data.RULE,
    require_link_consumers.RULE,
    require_log_retention.RULE,
    require_metadata_v2.RULE,
    require_tls_policy.RULE,
    rotate_keys.RULE,
)
