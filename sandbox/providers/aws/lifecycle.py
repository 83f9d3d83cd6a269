"""Check, diff, create, read, update and delete on plain Python values; `service.py` puts them on the wire."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.providers.aws.account import Account
from sandbox.providers.aws.check import Failure, check_inputs
from sandbox.providers.aws.defaults import DEFAULTS_KEY, Naming, with_defaults
from sandbox.providers.aws.diff import Change, changes_between, deletes_first
from sandbox.providers.aws.model import Model, model_of
from sandbox.providers.aws.observed import observed_inputs, with_what_the_cloud_hides
from sandbox.providers.aws.operation import Operation, error_code
from sandbox.providers.aws.registry import resource_type
from sandbox.providers.aws.values import UNKNOWN

READ_TIMEOUT_SECONDS = 600.0


class CloudError(Exception):
    """AWS (or the provider) refused an operation; nothing was made."""


class PartialError(Exception):
    """The resource exists, but not everything about it could be done: it goes into the state with the reason."""

    def __init__(self, message: str, identifier: str, state: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.identifier = identifier
        self.state = state


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Complete inputs, and what is wrong with them."""

    inputs: Mapping[str, Any]
    failures: list[Failure]


@dataclass(frozen=True, kw_only=True)
class Diffed:
    """Changes, and properties that a replacement would keep."""

    changes: list[Change]
    delete_before_replace: bool
    stable: list[str]


class Lifecycle:
    """The calls of one configured provider; every method may run in many threads at once."""

    def __init__(self, account: Account, region: str) -> None:
        self.account = account
        self.region = region

    def check(
        self, token: str, old: Mapping[str, Any], new: Mapping[str, Any], naming: Naming
    ) -> Checked:
        """Inputs with defaults and automatic name, and every failure at once."""
        model = model_of(resource_type(token))
        completed, name_failures = with_defaults(model, new, old, naming)
        inputs, failures = check_inputs(model, completed)
        return Checked(inputs=inputs, failures=[*failures, *name_failures])

    @staticmethod
    def diff(
        token: str, old: Mapping[str, Any], new: Mapping[str, Any], ignored: Iterable[str] = ()
    ) -> Diffed:
        """What changed between the old inputs and the new ones."""
        model = model_of(resource_type(token))
        changes = changes_between(model, old, new, ignored)
        if model.resource.update is None:
            changes = [
                Change(path=change.path, kind=change.kind, replaces=True) for change in changes
            ]
        replaced = {change.property for change in changes if change.replaces}
        return Diffed(
            changes=changes,
            delete_before_replace=bool(replaced) and deletes_first(model, new),
            stable=[
                name
                for name, node in model.inputs.fields.items()
                if node.replaces and name not in replaced
            ],
        )

    def preview_create(self, token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The state as far as it can be known before: inputs as given, what AWS fills in as unknown."""
        model = model_of(resource_type(token))
        state = {key: value for key, value in inputs.items() if key != DEFAULTS_KEY}
        for name in model.computed - set(state):
            state[name] = UNKNOWN
        return self._with_framework_outputs(model, state)

    def preview_update(
        self, token: str, state: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The old state with the new inputs in it, and unknown what the update will compute anew."""
        model = model_of(resource_type(token))
        kept = {key: value for key, value in state.items() if key in new or key not in old}
        planned = {**kept, **{key: value for key, value in new.items() if key != DEFAULTS_KEY}}
        planned.pop("tagsAll", None)
        changed = {key for key in {*old, *new} - {DEFAULTS_KEY} if old.get(key) != new.get(key)}
        planned |= dict.fromkeys(model.resource.recomputed(frozenset(changed)), UNKNOWN)
        return self._with_framework_outputs(model, planned)

    def create(
        self, token: str, inputs: Mapping[str, Any], timeout_seconds: float = 0
    ) -> tuple[str, dict[str, Any]]:
        """(id, state). Never takes over what exists. Raises CloudError or PartialError."""
        model = model_of(resource_type(token))
        operation = self._operation(
            model, inputs, timeout_seconds or model.resource.timeouts.create_seconds, inputs=inputs
        )
        try:
            model.resource.create(operation)
            return operation.id, self._state(model, operation, inputs)
        except HANDLED as error:
            message = f"creating {_label(token)}{f' ({operation.id})' if operation.id else ''}: {describe(error)}"
            if not operation.id:
                raise CloudError(message) from error
            raise PartialError(
                message, operation.id, self._state_or(model, operation, inputs)
            ) from error

    def read(
        self, token: str, identifier: str, inputs: Mapping[str, Any], state: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """(inputs, state) as they are now, or None when the resource is gone."""
        model = model_of(resource_type(token))
        operation = self._operation(
            model,
            inputs or state,
            READ_TIMEOUT_SECONDS,
            inputs=inputs,
            state=state,
            identifier=identifier,
        )
        try:
            live = model.resource.read(operation)
        except HANDLED as error:
            raise CloudError(
                f"reading {_label(token)} ({identifier}): {describe(error)}"
            ) from error
        if live is None:
            return None
        complete = self._completed(model, operation, live, inputs)
        return observed_inputs(model, inputs, state, complete), complete

    def update(
        self,
        token: str,
        identifier: str,
        state: Mapping[str, Any],
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        ignored: Iterable[str] = (),
        timeout_seconds: float = 0,
    ) -> dict[str, Any]:
        """Bring about the changes; the new state. Raises PartialError: the resource exists in any case."""
        model = model_of(resource_type(token))
        assert model.resource.update, f"{token} is never updated in place"
        operation = self._operation(
            model,
            new,
            timeout_seconds or model.resource.timeouts.update_seconds,
            inputs=new,
            old=old,
            state=state,
            identifier=identifier,
            changed={change.property for change in changes_between(model, old, new, ignored)},
        )
        try:
            model.resource.update(operation)
            return self._state(model, operation, new)
        except HANDLED as error:
            message = f"updating {_label(token)} ({identifier}): {describe(error)}"
            raise PartialError(
                message, identifier, self._state_or(model, operation, state)
            ) from error

    def delete(
        self,
        token: str,
        identifier: str,
        inputs: Mapping[str, Any],
        state: Mapping[str, Any],
        timeout_seconds: float = 0,
    ) -> None:
        """Delete and wait until it is gone. Raises CloudError."""
        model = model_of(resource_type(token))
        operation = self._operation(
            model,
            inputs or state,
            timeout_seconds or model.resource.timeouts.delete_seconds,
            inputs=inputs or state,
            state=state,
            identifier=identifier,
        )
        try:
            model.resource.delete(operation)
        except HANDLED as error:
            raise CloudError(
                f"deleting {_label(token)} ({identifier}): {describe(error)}"
            ) from error

    def _operation(
        self, model: Model, placed: Mapping[str, Any], timeout_seconds: float, **named: Any
    ) -> Operation:
        return Operation(
            account=self.account,
            token=model.resource.token,
            region=placed.get("region") or self.region,
            timeout_seconds=timeout_seconds,
            **named,
        )

    def _state(
        self, model: Model, operation: Operation, inputs: Mapping[str, Any]
    ) -> dict[str, Any]:
        live = model.resource.read(operation)
        if live is None:
            raise LookupError("the resource cannot be found after the operation")
        return self._completed(model, operation, live, inputs)

    def _state_or(
        self, model: Model, operation: Operation, otherwise: Mapping[str, Any]
    ) -> dict[str, Any]:
        try:
            return self._state(model, operation, operation.inputs)
        except HANDLED:
            return {key: value for key, value in otherwise.items() if key != DEFAULTS_KEY}

    def _completed(
        self, model: Model, operation: Operation, live: Mapping[str, Any], inputs: Mapping[str, Any]
    ) -> dict[str, Any]:
        if unknown := set(live) - model.outputs:
            raise LookupError(
                f"{model.resource.token}: read() gives {sorted(unknown)}, which pulumi_aws does not have"
            )
        complete = with_what_the_cloud_hides(model, inputs, live)
        if "region" in model.outputs:
            complete["region"] = operation.region
        return self._with_framework_outputs(model, complete)

    def _with_framework_outputs(self, model: Model, state: dict[str, Any]) -> dict[str, Any]:
        if "tagsAll" in model.outputs:
            state["tagsAll"] = state.get("tags") or {}
        if "region" in model.outputs and state.get("region") in (None, UNKNOWN):
            state["region"] = self.region
        return state


HANDLED = (ClientError, BotoCoreError, TimeoutError, LookupError, ValueError, TypeError, OSError)


def describe(error: BaseException) -> str:
    """An error in the words of AWS's SDK: `operation DeleteVpc, api error DependencyViolation: ...`."""
    if isinstance(error, ClientError):
        details = error.response.get("Error", {})
        return f"operation {error.operation_name}, api error {error_code(error)}: {details.get('Message', '')}"
    return str(error) or type(error).__name__


def _label(token: str) -> str:
    return token.rsplit(":", maxsplit=1)[-1]
