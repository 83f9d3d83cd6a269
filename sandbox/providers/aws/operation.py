"""One operation on one resource, as the mapping files see it."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from sandbox.providers.aws.account import Account

POLL_SECONDS = 0.1


class Missing(Exception):
    """The resource (or what an update needs) is not there."""


class Operation:
    """Inputs, clients and clock of one create, read, update or delete.

    `inputs` are the checked inputs (for a delete the old ones), `old` those before an update, `state` the outputs
    that Pulumi has recorded, `changed` the top-level properties that an update must bring about.
    """

    def __init__(
        self,
        *,
        account: Account,
        token: str,
        region: str,
        timeout_seconds: float,
        inputs: Mapping[str, Any] | None = None,
        old: Mapping[str, Any] | None = None,
        state: Mapping[str, Any] | None = None,
        identifier: str = "",
        changed: Iterable[str] = (),
    ) -> None:
        self.account = account
        self.token = token
        self.region = region
        self.inputs = dict(inputs or {})
        self.old = dict(old or {})
        self.state = dict(state or {})
        self.id = identifier
        self.changed = frozenset(changed)
        self.timeout_seconds = timeout_seconds
        self._deadline = time.monotonic() + timeout_seconds

    def client(self, service: str) -> Any:
        """The boto3 client of `service` in this resource's region."""
        return self.account.client(service, self.region)

    def created(self, identifier: str) -> None:
        """Say that the resource exists: a failure from now on leaves it in the state, marked as not finished."""
        self.id = identifier

    def get(self, name: str, default: Any = None) -> Any:
        """An input, or `default` where it is not given."""
        value = self.inputs.get(name)
        return default if value is None else value

    def arn(self, service: str, resource: str, *, account: bool = True, region: bool = True) -> str:
        """`arn:aws:<service>:<region>:<account>:<resource>`; some services leave account or region empty."""
        region_part = self.region if region else ""
        account_part = self.account.account_id if account else ""
        return f"arn:aws:{service}:{region_part}:{account_part}:{resource}"

    def name(self, property_name: str = "name", prefix_property: str = "namePrefix") -> str:
        """The name to create with: the given or automatic one, or the given prefix and 26 digits as Terraform adds."""
        if self.get(property_name):
            return self.inputs[property_name]
        return f"{self.get(prefix_property, 'terraform-')}{time.time_ns():026d}"

    def tag_changes(self, name: str = "tags") -> tuple[dict[str, str], list[str]]:
        """What an update must set, and which keys it must remove."""
        old, new = self.old.get(name) or {}, self.inputs.get(name) or {}
        written = {key: value for key, value in new.items() if old.get(key) != value}
        return written, [key for key in old if key not in new]

    def retry(self, codes: Iterable[str], call: Callable[[], Any]) -> Any:
        """Call again while AWS answers with one of `codes`, as the real provider does; after the timeout raise it."""
        wanted = frozenset(codes)
        while True:
            try:
                return call()
            except ClientError as error:
                if (
                    error_code(error) not in wanted
                    or time.monotonic() + POLL_SECONDS > self._deadline
                ):
                    raise
            time.sleep(POLL_SECONDS)

    def wait_until(self, what: str, condition: Callable[[], Any]) -> Any:
        """Poll until `condition` gives something true, and return it; TimeoutError names `what` was waited for."""
        while not (value := condition()):
            if time.monotonic() + POLL_SECONDS > self._deadline:
                raise TimeoutError(
                    f"timeout while waiting for {what} (timeout: {self.timeout_seconds:g}s)"
                )
            time.sleep(POLL_SECONDS)
        return value


def error_code(error: ClientError) -> str:
    """AWS's code of an error, such as `DependencyViolation`."""
    return error.response.get("Error", {}).get("Code", "")


def found(codes: Iterable[str], call: Callable[[], Any]) -> Any:
    """The call's answer, or None when AWS says with one of `codes` that the thing is not there."""
    try:
        return call()
    except ClientError as error:
        if error_code(error) in frozenset(codes):
            return None
        raise
