"""aws.wafv2.WebAclAssociation: a web ACL in front of a load balancer."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found

NOT_FOUND = ("WAFNonexistentItemException",)
UNAVAILABLE = ("WAFUnavailableEntityException",)


def create(operation: Operation) -> None:
    waf = operation.client("wafv2")
    acl, resource = operation.inputs["webAclArn"], operation.inputs["resourceArn"]
    # A load balancer that was made a moment ago is not known to WAF yet.
    operation.retry(UNAVAILABLE, lambda: waf.associate_web_acl(WebACLArn=acl, ResourceArn=resource))
    operation.created(f"{acl},{resource}")


def read(operation: Operation) -> dict[str, Any] | None:
    acl, _, resource = operation.id.partition(",")
    waf = operation.client("wafv2")
    answer = found(NOT_FOUND, lambda: waf.get_web_acl_for_resource(ResourceArn=resource))
    if not answer or not answer.get("WebACL") or answer["WebACL"]["ARN"] != acl:
        return None
    return {"webAclArn": acl, "resourceArn": resource}


def delete(operation: Operation) -> None:
    waf = operation.client("wafv2")
    resource = operation.id.partition(",")[2]
    found(NOT_FOUND, lambda: waf.disassociate_web_acl(ResourceArn=resource))


GO = "hashicorp/terraform-provider-aws, internal/service/wafv2/web_acl_association.go: ForceNew, verify.ValidARN"

TYPE = ResourceType(
    token="aws:wafv2/webAclAssociation:WebAclAssociation",
    cloudformation="AWS::WAFv2::WebACLAssociation",
    properties={
        "webAclArn": Property(
            cloudformation="WebACLArn", because=GO, rules={"pattern": "^arn:[a-z-]+:wafv2:"}
        ),
        "resourceArn": Property(because=GO, rules={"pattern": "^arn:"}),
    },
    create=create,
    read=read,
    update=None,
    delete=delete,
    timeouts=Timeouts(create_seconds=300),
    sample=lambda: {
        "webAclArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/public/11111111-2222-3333-4444-555555555555",
        "resourceArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/0123456789abcdef",
    },
)
