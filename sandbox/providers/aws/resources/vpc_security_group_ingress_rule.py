"""aws.vpc.SecurityGroupIngressRule"""

from sandbox.providers.aws.resources._security_group_rule import (
    create_rule,
    delete_rule,
    read_rule,
    rule_type,
    update_rule,
)

TYPE = rule_type(
    "ingress",
    {
        "create": lambda operation: create_rule(operation, "ingress"),
        "read": read_rule,
        "update": update_rule,
        "delete": lambda operation: delete_rule(operation, "ingress"),
    },
)
