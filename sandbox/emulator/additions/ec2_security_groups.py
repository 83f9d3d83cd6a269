"""EC2: the description of a rule whose source is a group or a prefix list, which moto drops."""

from typing import Any

from moto.ec2.responses import EC2Response

from sandbox.emulator.additions import after


def keep_description(response: Any, result: Any) -> Any:
    """AuthorizeSecurityGroup...: moto keeps the description only beside an address range."""
    permissions = response._get_param("IpPermissions", [])
    described = {
        source.get("GroupId") or source.get("PrefixListId"): source["Description"]
        for permission in permissions
        for source in [
            *permission.get("UserIdGroupPairs", []),
            *permission.get("PrefixListIds", []),
        ]
        if source.get("Description")
    }
    for rule in result.result["SecurityGroupRules"] if described else ():
        source = rule.source_group.get("GroupId") or rule.prefix_list_id
        if source in described:
            rule.ip_range["Description"] = described[source]
    return result


after(EC2Response, "AuthorizeSecurityGroupIngress")(keep_description)
after(EC2Response, "AuthorizeSecurityGroupEgress")(keep_description)


@after(EC2Response, "ModifySecurityGroupRules")
def change_source_group(response: Any, result: Any) -> Any:
    """moto changes address ranges only."""
    group = response.ec2_backend.get_security_group_by_name_or_id(response._get_param("GroupId"))
    for change in response._get_param("SecurityGroupRules", []):
        wanted = change["SecurityGroupRule"].get("ReferencedGroupId")
        if wanted:
            group.get_rule(change["SecurityGroupRuleId"]).source_group["GroupId"] = wanted
    return result
