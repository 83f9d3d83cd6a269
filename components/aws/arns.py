"""ARNs that are known before their resource exists, from the plan's facts alone."""

from dataclasses import dataclass

from homeport.planner.plan import StackPlan


@dataclass(frozen=True, kw_only=True)
class Arns:
    """Makes ARNs of one account and region."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """`aws`, or the partition of the Chinese and US government regions."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def of(self, service: str, resource: str) -> str:
        """An ARN with region and account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def log_group(self, name: str) -> str:
        """A log group; its streams are this with `:*` behind."""
        return self.of("logs", f"log-group:{name}")

    def group(self, name: str) -> str:
        """An Auto Scaling group by name: the UUID in the middle is known only after creation."""
        return self.of("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{name}")

    def secret(self, name: str) -> str:
        """A secret by name: Secrets Manager puts a dash and six random characters behind it.

        (Secrets Manager user guide, "What's in a secret", read 2026-11.)
        """
        if name.startswith("arn:"):
            return name
        return self.of("secretsmanager", f"secret:{name}-??????")

    def key(self, key_id: str) -> str:
        """A KMS key that the user brought by id or by ARN."""
        return key_id if key_id.startswith("arn:") else self.of("kms", f"key/{key_id}")

    def certificate(self, certificate_id: str) -> str:
        """A certificate that the user brought by id or by ARN."""
        if certificate_id.startswith("arn:"):
            return certificate_id
        return self.of("acm", f"certificate/{certificate_id}")

    def account_root(self, account: str) -> str:
        """An account as a principal."""
        return f"arn:{self.partition}:iam::{account}:root"


def arns_of(plan: StackPlan) -> Arns:
    """The ARN maker of a stack."""
    return Arns(account=plan.account, region=plan.region)
