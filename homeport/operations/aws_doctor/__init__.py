"""What `homeport doctor` asks an AWS account about a stack; `session` is boto3's, its errors pass through.

The order is that in which a first deployment would meet what is wrong.
"""

from collections.abc import Collection

from homeport.operations.aws_doctor.functions import function_examination
from homeport.operations.aws_doctor.machines import machine_examinations
from homeport.operations.aws_doctor.remains import leftover_examination
from homeport.operations.aws_doctor.secrets import MayRead, secret_examinations
from homeport.operations.aws_doctor.ways_in import NameServers, way_in_examinations
from homeport.operations.examination import Examination
from homeport.planner.plan import StackPlan


def examinations(
    plan: StackPlan,
    *,
    state_identifiers: Collection[str] | None,
    may_read: MayRead,
    name_servers: NameServers,
) -> tuple[Examination, ...]:
    """`state_identifiers` is None where the stack's state could not be read: then leftovers are not looked for."""
    known = (
        () if state_identifiers is None else (leftover_examination(plan.stack, state_identifiers),)
    )
    return (
        *way_in_examinations(plan, name_servers),
        *machine_examinations(plan),
        *secret_examinations(plan, may_read),
        function_examination(plan),
        *known,
    )
