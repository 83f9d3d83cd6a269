"""What gate, reconciler, agents and the command line read about one endpoint."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.compute import Compute
from components.aws.configuration_item import configuration
from components.aws.logical_names import short_name
from components.aws.table import PARTITION_KEY, SORT_KEY, Table, configuration_key
from components.aws.typed_attributes import typed_map
from components.aws.way_in import WayIn
from homeport.planner.plan import EndpointPlan


@dataclass(frozen=True, kw_only=True)
class ConfigurationItemArgs:
    """Arguments of `add_configuration_item`."""

    endpoint: EndpointPlan
    table: Table
    way_in: WayIn
    compute: Compute


def add_configuration_item(args: ConfigurationItemArgs, *, parent: pulumi.Resource) -> None:
    """What agents, functions and the command line read; an edit of it rolls nothing."""
    attributes = configuration_key(args.endpoint) | configuration(
        args.endpoint, args.way_in, args.compute
    )
    aws.dynamodb.TableItem(
        short_name(args.endpoint.name),
        table_name=args.table.name,
        hash_key=PARTITION_KEY,
        range_key=SORT_KEY,
        item=pulumi.Output.json_dumps(typed_map(attributes), sort_keys=True),
        opts=pulumi.ResourceOptions(parent=parent),
    )
