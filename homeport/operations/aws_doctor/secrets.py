"""Whether the secrets are there that machines will read, and whether their Hub token may read gated models."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from homeport.errors import HomeportError
from homeport.operations.examination import FAIL, OK, UNKNOWN, Examination, Finding
from homeport.planner.plan import StackPlan

_TOKEN = re.compile(r"[A-Za-z0-9_.-]+")
"""What a machine takes for one (`dataplane/bootstrap/scripts/secrets.sh`)."""
MayRead = Callable[[str, str], bool]
"""Repository and token -> whether the Hub gives it; `homeport.operations.gated_access.may_read`."""


def secret_examinations(plan: StackPlan, may_read: MayRead) -> Iterator[Examination]:
    """One a secret, by its description alone; and one a gated repository, for which the token is read."""
    tokens = {one.model.token_secret for one in plan.endpoints}
    names = {name for one in plan.endpoints for name in one.engine.secrets.values()}
    for name in sorted(names | {token for token in tokens if token}):
        yield Examination(
            check="secret",
            subject=name,
            permissions=("secretsmanager:DescribeSecret",),
            ask=lambda session, name=name: _secret(session, plan.region, name),
        )
    for repository, secret in sorted(_gated(plan)):
        yield Examination(
            check="gated model",
            subject=repository,
            permissions=("secretsmanager:GetSecretValue", "kms:Decrypt"),
            ask=lambda session, repository=repository, secret=secret: _access(
                session, repository, secret, may_read
            ),
        )


def _gated(plan: StackPlan) -> set[tuple[str, str]]:
    """Every repository of a gated model, and the secret of its token: a plan without one is refused."""
    return {
        (repository.repository, one.model.token_secret)
        for one in plan.endpoints
        if one.model.gated and one.model.token_secret is not None
        for repository in one.model.repositories
    }


def _secret(session: Any, region: str, name: str) -> Finding:
    client = session.client("secretsmanager")
    try:
        described = client.describe_secret(SecretId=name)
    except client.exceptions.ResourceNotFoundException:
        return Finding(
            status=FAIL,
            found="not there: machines that need it do not start",
            fix=f"aws secretsmanager create-secret --region {region} --name {name}"
            " --secret-string file:///dev/stdin",
        )
    if "DeletedDate" in described:
        return Finding(
            status=FAIL,
            found="deleted, and not yet gone",
            fix=f"aws secretsmanager restore-secret --region {region} --secret-id {name}",
        )
    return Finding(status=OK, found="there")


def _access(session: Any, repository: str, secret: str, may_read: MayRead) -> Finding:
    """Asked with the machines' own token, which goes to the Hub and nowhere else."""
    client = session.client("secretsmanager")
    try:
        token = client.get_secret_value(SecretId=secret).get("SecretString", "").strip()
    except client.exceptions.ResourceNotFoundException:
        return Finding(status=UNKNOWN, found=f"there is no secret {secret}")
    if not _TOKEN.fullmatch(token):
        return Finding(status=FAIL, found=f"secret {secret} holds nothing that could be a token")
    try:
        granted = may_read(repository, token)
    except HomeportError as error:
        return Finding(
            status=UNKNOWN, found=f"the Hub did not say: {error.found}", fix=error.fix
        )  # fmt: skip
    if granted:
        return Finding(status=OK, found=f"the token of {secret} may read it")
    return Finding(
        status=FAIL,
        found=f"the account of the token in {secret} may not read it",
        fix=f"accept the terms on the model's page with that account, or put another token: "
        f"aws secretsmanager put-secret-value --secret-id {secret} --secret-string file:///dev/stdin",
    )
