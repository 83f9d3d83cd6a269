"""A whole stack on AWS: what its endpoints share, then each endpoint."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.artefacts import Artefacts, ArtefactsArgs
from components.aws.encryption import Encryption, EncryptionArgs
from components.aws.endpoint import Endpoint, EndpointArgs
from components.aws.foundation import Foundation
from components.aws.ingress import Ingress, IngressArgs
from components.aws.network import Network, NetworkArgs
from components.aws.observability import Observability, ObservabilityArgs
from components.aws.table import Table, TableArgs
from components.aws.wake_functions import WakeFunctions, WakeFunctionsArgs
from homeport.planner.plan import StackPlan


def deploy_stack(plan: StackPlan) -> dict[str, Any]:
    """Registers the stack with a provider that can only touch the plan's account and region."""
    provider = aws.Provider("aws", region=plan.region, allowed_account_ids=[plan.account])
    stack = Stack(plan.stack, StackArgs(plan=plan), pulumi.ResourceOptions(providers=[provider]))
    return stack.outputs


@dataclass(frozen=True, kw_only=True)
class StackArgs:
    """Arguments of `Stack`."""

    plan: StackPlan


class Stack(pulumi.ComponentResource):
    """The root of every resource."""

    outputs: dict[str, Any]
    """`endpoints` by name, and what the stack shares."""

    def __init__(
        self, name: str, args: StackArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Stack", name, {}, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        plan = args.plan
        foundation = self._lay_foundation(plan)
        endpoints = {
            endpoint.name: Endpoint(
                endpoint.name,
                EndpointArgs(plan=plan, endpoint=endpoint, foundation=foundation),
                self._child,
            ).outputs
            for endpoint in plan.endpoints
        }
        self.outputs = {
            "endpoints": endpoints,
            "table": foundation.table.name,
            "artefact_bucket": foundation.artefacts.bucket,
            "alarm_topic": foundation.observability.topic_arn,
        }
        self.register_outputs(self.outputs)

    def _lay_foundation(self, plan: StackPlan) -> Foundation:
        encryption = Encryption("encryption", EncryptionArgs(plan=plan), self._child)
        key_arn = encryption.key_arn
        table = Table("table", TableArgs(plan=plan, key_arn=key_arn), self._child)
        network = Network("network", NetworkArgs(plan=plan, key_arn=key_arn), self._child)
        return Foundation(
            encryption=encryption,
            network=network,
            artefacts=Artefacts(
                "artefacts", ArtefactsArgs(plan=plan, key_arn=key_arn), self._child
            ),
            table=table,
            functions=WakeFunctions(
                "wake", WakeFunctionsArgs(plan=plan, table=table, key_arn=key_arn), self._child
            ),
            ingress=Ingress("ingress", IngressArgs(plan=plan, network=network), self._child),
            observability=Observability(
                "observability", ObservabilityArgs(plan=plan, key_arn=key_arn), self._child
            ),
        )
