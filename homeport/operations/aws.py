"""AWS: what carries a stack's tag, the newest machine images, what endpoints do and are told, what the account lacks.

Every function takes a region and the account that must answer. It raises `HomeportError` without credentials, for
another account, and where AWS answers an error; those of endpoints also for one that was not deployed.
"""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import boto3
import botocore.exceptions

from homeport.errors import HomeportError
from homeport.operations import aws_tagged, aws_wake
from homeport.operations.account import AccountResource, PublishedImage
from homeport.operations.aws_doctor import examinations
from homeport.operations.aws_endpoint import endpoint_status, log_lines, scaling_activities
from homeport.operations.endpoint_status import EndpointKey, EndpointStatus, Event, LogLine
from homeport.operations.examination import (
    UNKNOWN,
    Check,
    Examination,
    Finding,
    checked,
    forbidden,
)
from homeport.operations.gated_access import may_read
from homeport.operations.name_servers import public_name_servers
from homeport.operations.orders import Order, Standing
from homeport.planner.plan import StackPlan

MACHINE_IMAGE_PARAMETERS: Mapping[str, str] = {
    "cpu": "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
    "nvidia": "/aws/service/deeplearning/ami/x86_64/"
    "base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id",
    "neuron": "/aws/service/neuron/dlami/base/amazon-linux-2023/latest/image_id",
}
"""Role of a machine image -> AWS's public parameter with the newest one: images with Docker inside, which
plain Amazon Linux has not (ECS, Deep Learning AMI and Neuron documentation, read 2026-11)."""


FORBIDDEN = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
)
"""Error codes of calls that the caller's policies do not allow; each service has its own."""


def tagged_resources(*, region: str, account: str, stack: str) -> tuple[AccountResource, ...]:
    """Everything in the account's region that the stack's tag or IAM path marks as its own."""
    with _session(account, region) as session:
        return aws_tagged.tagged_resources(session, stack)


def newest_machine_images(*, region: str, account: str) -> dict[str, PublishedImage]:
    """The newest image of each role in the region, from AWS's public parameters."""
    with _session(account, region) as session:
        client = session.client("ssm")
        found: dict[str, Any] = {
            role: client.get_parameter(Name=name)["Parameter"]
            for role, name in MACHINE_IMAGE_PARAMETERS.items()
        }
    return {
        role: PublishedImage(
            identifier=parameter["Value"],
            date=parameter["LastModifiedDate"].date().isoformat(),
        )
        for role, parameter in found.items()
    }


def endpoint_statuses(
    keys: Sequence[EndpointKey], *, region: str, account: str
) -> tuple[EndpointStatus, ...]:
    """One look at each endpoint, in the order of `keys`."""
    with _session(account, region) as session:
        return tuple(endpoint_status(session, key) for key in keys)


def endpoint_events(
    keys: Sequence[EndpointKey], *, region: str, account: str, limit: int
) -> tuple[Event, ...]:
    """The newest `limit` scaling activities of the endpoints together, oldest first; AWS keeps six weeks."""
    with _session(account, region) as session:
        found = [event for key in keys for event in scaling_activities(session, key, limit)]
    return tuple(sorted(found, key=lambda event: (event.at, event.endpoint))[-limit:])


def endpoint_log(
    key: EndpointKey, *, region: str, account: str, since_seconds: float, limit: int
) -> Iterator[LogLine]:
    """Lines of the endpoint's machines, oldest first, at most `limit`, as CloudWatch Logs gives them."""
    with _session(account, region) as session:
        yield from islice(log_lines(session, key, since_seconds), limit)


def endpoint_standings(
    keys: Sequence[EndpointKey], *, region: str, account: str
) -> tuple[Standing, ...]:
    """What each endpoint was told and where it stands, in the order of `keys`; all that an order is judged by."""
    with _session(account, region) as session:
        return tuple(aws_wake.standing(session, key) for key in keys)


def give_order(
    key: EndpointKey, order: Order, standing: Standing, *, region: str, account: str
) -> None:
    """Write an order to the stack's table; the reconciler carries it out. `standing` is what it was judged by."""
    with _session(account, region) as session:
        aws_wake.give_order(session, key, order, standing)


def examine(plan: StackPlan, *, state_identifiers: Collection[str] | None) -> tuple[Check, ...]:
    """Everything that only the account knows of a stack; what may not be asked, or is not answered, is `unknown`."""
    # A sandbox's zones are in no public DNS, and its tokens are no business of the real Hub's.
    name_servers = _no_resolver if plan.sandbox else public_name_servers
    asked = examinations(
        plan,
        state_identifiers=state_identifiers,
        may_read=_no_hub if plan.sandbox else may_read,
        name_servers=name_servers,
    )
    with _session(plan.account, plan.region) as session:
        return tuple(checked(one, _find(one, session)) for one in asked)


def _no_resolver(_domain: str) -> None:
    """In the place of the public DNS."""


def _no_hub(repository: str, _token: str) -> bool:
    """In the place of the Hub."""
    raise HomeportError(
        path="",
        found=f"nobody in a sandbox can grant {repository}",
        allowed="a real account",
        fix="",
    )


def _find(examination: Examination, session: Any) -> Finding:
    try:
        return examination.ask(session)
    except botocore.exceptions.ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in FORBIDDEN:
            return forbidden(examination, error.operation_name)
        return Finding(status=UNKNOWN, found=f"{error.operation_name}: {code}")
    except botocore.exceptions.BotoCoreError as error:
        return Finding(status=UNKNOWN, found=f"{type(error).__name__}: {error}")


@contextmanager
def _session(account: str, region: str) -> Generator[Any]:
    """boto3's, of the account; its errors become ours."""
    session: Any = boto3.Session(region_name=region)
    try:
        _check_account(session, account)
        yield session
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise HomeportError(
            path="",
            found=f"{type(error).__name__}: {error}",
            allowed=f"access to account {account} in {region}",
            fix="check AWS_PROFILE or AWS_ACCESS_KEY_ID, then run the command again",
        ) from error


def _check_account(session: Any, account: str) -> None:
    answering = session.client("sts").get_caller_identity()["Account"]
    if answering != account:
        raise HomeportError(
            path="account",
            found=f"credentials of account {answering}",
            allowed=account,
            fix="use credentials of the stack's account",
        )
