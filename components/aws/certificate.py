"""The certificate of every host of a stack, made in its zone or brought."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.arns import arns_of
from homeport.planner.plan import StackPlan


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """Arguments of `Certificate`."""

    plan: StackPlan


class Certificate(pulumi.ComponentResource):
    """One wildcard certificate: a new endpoint needs no new one and waits for none."""

    arn: pulumi.Output[str]
    """Of a certificate that is already valid: load balancers refuse any other."""

    def __init__(
        self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Certificate", name, {}, opts)
        ingress = args.plan.ingress
        if ingress.certificate_id is not None:
            self.arn = pulumi.Output.from_input(
                arns_of(args.plan).certificate(ingress.certificate_id)
            )
        else:
            self.arn = self._create(args.plan)
        self.register_outputs({"arn": self.arn})

    def _create(self, plan: StackPlan) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)
        certificate = aws.acm.Certificate(
            "hosts",
            domain_name=f"*.{plan.ingress.domain}",
            validation_method="DNS",
            tags=plan.tags,
            opts=child,
        )
        proof = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            "certificate",
            zone_id=plan.ingress.zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            records=[proof.resource_record_value],
            ttl=300,
            opts=child,
        )
        return aws.acm.CertificateValidation(
            "hosts",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=child,
        ).certificate_arn
