"""Pulumi's provider protocol: each call is decoded, handed to `lifecycle.py`, and its answer encoded."""

import json
import threading
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.emulator import ACCOUNT_ID
from sandbox.providers.aws.account import Account, emulator_address
from sandbox.providers.aws.configuration import (
    account_failure,
    configuration_failures,
    configuration_of,
)
from sandbox.providers.aws.defaults import Naming
from sandbox.providers.aws.functions import FUNCTIONS
from sandbox.providers.aws.lifecycle import CloudError, Lifecycle, PartialError
from sandbox.providers.aws.registry import UnknownTypeError
from sandbox.providers.aws.values import (
    NO_SECRETS,
    Secrets,
    contains_unknown,
    from_struct,
    to_struct,
)

KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider process; the engine may call it from many threads, and configures it once.

    What was secret in a request is secret in its answer, and is taken out of error messages.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        self._lifecycle: Lifecycle | None = None
        self._running = 0
        self._idle = threading.Condition()

    # --- the provider itself

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True,
            accept_resources=False,
            accept_outputs=False,
            supports_autonaming_configuration=True,
        )

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self.version)

    def GetSchema(self, request: Any, context: Any) -> Any:
        return provider_pb2.GetSchemaResponse(
            schema=json.dumps({"name": "aws", "version": self.version})
        )

    def CheckConfig(self, request: Any, context: Any) -> Any:
        news = from_struct(request.news)
        failures = configuration_failures(news)
        return provider_pb2.CheckResponse(
            inputs=request.news,
            failures=[
                provider_pb2.CheckFailure(property=key, reason=reason) for key, reason in failures
            ],
        )

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Another region or account means other resources, as in the real provider: a replacement."""
        old, new = (
            from_struct(request.old_inputs) or from_struct(request.olds),
            from_struct(request.news),
        )
        changed = [
            key for key in sorted({*old, *new}) if old.get(key) != new.get(key) and key != "version"
        ]
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME
            if changed
            else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=[key for key in changed if key == "region"],
            diffs=changed,
        )

    def Configure(self, request: Any, context: Any) -> Any:
        values = from_struct(request.args) or {
            key.split(":")[-1]: value for key, value in request.variables.items()
        }
        failures = configuration_failures(values)
        if failures and not contains_unknown(values):
            context.abort(
                grpc.StatusCode.INVALID_ARGUMENT,
                "; ".join(f"{key}: {why}" for key, why in failures),
            )
        configuration = configuration_of(values)
        account = Account(emulator_address(), ACCOUNT_ID)
        if configuration.allowed_accounts or configuration.forbidden_accounts:
            identity = account.client("sts", configuration.region).get_caller_identity()["Account"]
            if failure := account_failure(configuration, identity):
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, failure)
        self._lifecycle = Lifecycle(account, configuration.region)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            supportsPreview=True,
            acceptResources=False,
            acceptOutputs=False,
            supports_autonaming_configuration=True,
        )

    def Cancel(self, request: Any, context: Any) -> Any:
        """The engine has been interrupted. What runs finishes: stopping half-way would leave orphans."""
        return empty_pb2.Empty()

    # --- resources

    def Check(self, request: Any, context: Any) -> Any:
        secrets = Secrets()
        old, new = from_struct(request.olds, secrets), from_struct(request.news, secrets)
        checked = self._run(
            context,
            secrets,
            lambda: self.lifecycle.check(_type(request), old, new, _naming(request)),
        )
        return provider_pb2.CheckResponse(
            inputs=to_struct(checked.inputs, secrets),
            failures=[
                provider_pb2.CheckFailure(property=path, reason=secrets.removed_from(reason))
                for path, reason in checked.failures
            ],
        )

    def Diff(self, request: Any, context: Any) -> Any:
        old = from_struct(request.old_inputs if request.HasField("old_inputs") else request.olds)
        new = from_struct(request.news)
        diffed = self._run(
            context,
            NO_SECRETS,
            lambda: self.lifecycle.diff(_type(request), old, new, request.ignoreChanges),
        )
        some = (
            provider_pb2.DiffResponse.DIFF_SOME
            if diffed.changes
            else provider_pb2.DiffResponse.DIFF_NONE
        )
        return provider_pb2.DiffResponse(
            changes=some,
            replaces=sorted({change.property for change in diffed.changes if change.replaces}),
            diffs=sorted({change.property for change in diffed.changes}),
            stables=sorted(diffed.stable),
            deleteBeforeReplace=diffed.delete_before_replace,
            hasDetailedDiff=True,
            detailedDiff={
                change.path: provider_pb2.PropertyDiff(
                    kind=KINDS[change.kind, change.replaces], inputDiff=True
                )
                for change in diffed.changes
            },
        )

    def Create(self, request: Any, context: Any) -> Any:
        secrets = Secrets()
        inputs = from_struct(request.properties, secrets)
        if request.preview:
            state = self._run(
                context, secrets, lambda: self.lifecycle.preview_create(_type(request), inputs)
            )
            return provider_pb2.CreateResponse(properties=to_struct(state, secrets))
        identifier, state = self._run(
            context, secrets, lambda: self.lifecycle.create(_type(request), inputs, request.timeout)
        )
        return provider_pb2.CreateResponse(id=identifier, properties=to_struct(state, secrets))

    def Read(self, request: Any, context: Any) -> Any:
        secrets = Secrets()
        inputs, state = (
            from_struct(request.inputs, secrets),
            from_struct(request.properties, secrets),
        )
        found = self._run(
            context, secrets, lambda: self.lifecycle.read(_type(request), request.id, inputs, state)
        )
        if found is None:
            return provider_pb2.ReadResponse(id="")
        return provider_pb2.ReadResponse(
            id=request.id,
            inputs=to_struct(found[0], secrets),
            properties=to_struct(found[1], secrets),
        )

    def Update(self, request: Any, context: Any) -> Any:
        secrets = Secrets()
        state, new = from_struct(request.olds, secrets), from_struct(request.news, secrets)
        old = from_struct(request.old_inputs, secrets) if request.HasField("old_inputs") else state
        if request.preview:
            planned = self._run(
                context,
                secrets,
                lambda: self.lifecycle.preview_update(_type(request), state, old, new),
            )
            return provider_pb2.UpdateResponse(properties=to_struct(planned, secrets))
        updated = self._run(
            context,
            secrets,
            lambda: self.lifecycle.update(
                _type(request), request.id, state, old, new, request.ignoreChanges, request.timeout
            ),
        )
        return provider_pb2.UpdateResponse(properties=to_struct(updated, secrets))

    def Delete(self, request: Any, context: Any) -> Any:
        secrets = Secrets()
        inputs = from_struct(request.old_inputs, secrets) if request.HasField("old_inputs") else {}
        state = from_struct(request.properties, secrets)
        self._run(
            context,
            secrets,
            lambda: self.lifecycle.delete(
                _type(request), request.id, inputs, state, request.timeout
            ),
        )
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        if request.tok not in FUNCTIONS:
            context.abort(
                grpc.StatusCode.UNIMPLEMENTED,
                f"the sandbox does not serve the function {request.tok}",
            )
        answer = self._run(
            context,
            NO_SECRETS,
            lambda: FUNCTIONS[request.tok](
                self.lifecycle.account, self.lifecycle.region, from_struct(request.args)
            ),
        )
        result: Any = {"return": to_struct(answer)}  # a Python keyword
        return provider_pb2.InvokeResponse(**result)

    # --- plumbing

    @property
    def lifecycle(self) -> Lifecycle:
        """The configured provider."""
        if self._lifecycle is None:
            raise CloudError("the provider has not been configured")
        return self._lifecycle

    def wait_until_idle(self) -> None:
        """Return when no operation runs."""
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0)

    def _run(self, context: Any, secrets: Secrets, call: Callable[[], Any]) -> Any:
        """Run one operation and turn its errors into those of the protocol."""
        with self._idle:
            self._running += 1
        try:
            return call()
        except PartialError as error:
            _abort_as_created(context, secrets, error)
        except UnknownTypeError as error:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, str(error))
        except CloudError as error:
            context.abort(grpc.StatusCode.UNKNOWN, secrets.removed_from(str(error)))
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()


def _type(request: Any) -> str:
    """The resource's type; from its URN where an older engine does not send it."""
    return request.type or request.urn.split("::")[2].rsplit("$", 1)[-1]


def _naming(request: Any) -> Naming:
    """What a Check request says about automatic names."""
    autonaming = request.autonaming if request.HasField("autonaming") else None
    return Naming(
        logical_name=request.name or request.urn.rsplit("::", 1)[-1],
        seed=request.randomSeed,
        proposed_name=autonaming.proposed_name if autonaming else "",
        must_use_proposal=bool(autonaming) and autonaming.mode == autonaming.ENFORCE,
        disabled=bool(autonaming) and autonaming.mode == autonaming.DISABLE,
    )


def _abort_as_created(context: Any, secrets: Secrets, error: PartialError) -> None:
    """Tell the engine that the resource exists although the call failed."""
    message = secrets.removed_from(str(error))
    details = provider_pb2.ErrorResourceInitFailed(
        id=error.identifier, properties=to_struct(error.state, secrets), reasons=[message]
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
    status.details.add().Pack(details)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)
