"""Keys of the stack are rotated every year."""

from collections.abc import Iterator

from policies.rule import Inputs, Rule


def _check(type_: str, inputs: Inputs) -> Iterator[str]:
    if type_ != "aws:kms/key:Key":
        return
    if (inputs.get("customerMasterKeySpec") or "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        return  # AWS rotates symmetric keys only
    if inputs.get("enableKeyRotation") is not True:
        yield "enableKeyRotation must be true"


RULE = Rule(
    name="rotate-keys",
    description="Encryption keys are rotated by AWS.",
    source="AWS Security Hub KMS.4; CIS AWS Foundations 3.6",
    check_resource=_check,
)
