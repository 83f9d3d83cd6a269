"""What a machine is told at its start, from the plan: boot document and user data."""

import hashlib
from typing import Any

from components.aws.table import configuration_key
from dataplane.bootstrap.boot_document import render_boot_document
from dataplane.bootstrap.user_data import render_user_data
from homeport.planner.plan import EndpointPlan, RepositoryPlan, StackPlan

HUB_ENDPOINT = "https://huggingface.co"

_ACCELERATOR_KINDS = {"cpu": "none", "nvidia": "nvidia", "neuron": "neuron"}
"""The data plane's word for a machine image's role."""


def boot_document(plan: StackPlan, endpoint: EndpointPlan) -> str:
    """Everything that must not change while a machine lives. The data plane refuses live values."""
    return render_boot_document(
        homeport_version=plan.homeport_version,
        engine=_engine(endpoint),
        repositories=[_repository(repository) for repository in endpoint.model.repositories],
        hub={"endpoint": HUB_ENDPOINT, "token_secret": endpoint.model.token_secret},
        machine={
            "accelerator": endpoint.machine.accelerator,
            "accelerator_kind": _ACCELERATOR_KINDS[endpoint.machine.image_role],
            "accelerator_count": endpoint.machine.accelerator_count,
            "local_disk_gib": endpoint.machine.local_disk_gib,
        },
        stack=_stack(plan, endpoint),
        gateway={"image": plan.gateway_image.reference},
    )


def user_data(
    plan: StackPlan,
    endpoint: EndpointPlan,
    *,
    archive_sha256: str,
    bucket: str,
    archive_key: str,
    boot_key: str,
) -> str:
    """The script that fetches the archive and the boot document; plain text."""
    document = boot_document(plan, endpoint)
    return render_user_data(
        region=plan.region,
        bucket=bucket,
        archive_key=archive_key,
        archive_sha256=archive_sha256,
        boot_key=boot_key,
        boot_sha256=hashlib.sha256(document.encode()).hexdigest(),
        log_group=endpoint.names.log_group,
    )


def _engine(endpoint: EndpointPlan) -> dict[str, Any]:
    engine = endpoint.engine
    return {
        "name": engine.name,
        "image": engine.image.reference,
        "port": engine.port,
        "health_route": engine.health_route,
        "metrics_route": engine.metrics_route,
        "first_request": {
            "method": engine.first_request.method,
            "path": engine.first_request.path,
            "body": engine.first_request.body,
        },
        "routes": [
            {"method": route.method, "path": route.path, "inference": route.inference}
            for route in engine.routes
        ],
        "arguments": list(engine.arguments),
        "env": dict(engine.env),
        "secrets": dict(engine.secrets),
        "shared_memory_gib": engine.shared_memory_gib,
    }


def _repository(repository: RepositoryPlan) -> dict[str, Any]:
    return {
        "role": repository.role,
        "repository": repository.repository,
        "commit": repository.commit,
        "mount_path": repository.mount_path,
        "files": [
            {"path": file.path, "size_bytes": file.size_bytes, "sha256": file.sha256}
            for file in repository.files
        ],
    }


def _stack(plan: StackPlan, endpoint: EndpointPlan) -> dict[str, Any]:
    names = endpoint.names
    return {
        "name": plan.stack,
        "region": plan.region,
        "endpoint": endpoint.name,
        "group": names.group,
        "table": plan.names.table,
        "table_prefix": names.table_prefix,
        "configuration_key": configuration_key(endpoint),
        "metric_namespace": names.metric_namespace,
        "log_group": names.log_group,
    }
