"""A container of the user's own: any server, on any machine, behind the same gateway.

As in Hugging Face's service (guides/custom_container, read 2026-11-22): the weights lie in /repository,
the container says its port and health route, every path is passed on.
"""

from homeport.catalogue.engines.interface import (
    Engine,
    Launch,
    LaunchRequest,
)
from homeport.catalogue.engines.parts import get, health_first_request, post

_READ = "2026-11-22"


def launch(_request: LaunchRequest) -> Launch:
    """Nothing: the image's own command, with what the spec adds."""
    return Launch(arguments=())


ENGINE = Engine(
    name="custom",
    version="custom",
    images=(),
    port=80,
    health_route="/health",
    metrics_route=None,
    pending_metric=None,
    running_metric=None,
    routes=(
        get("/*"),
        post("/*"),
    ),
    tasks=("*",),
    architectures=None,
    quantizations={},
    quantizes_while_loading=(),
    quantizes_on_cpu=(),
    weight_forms=("any",),
    flags={},
    names_model=False,
    shared_memory_gib=1,
    own_arguments={},
    launch=launch,
    first_request=health_first_request,
    source="Hugging Face Inference Endpoints, custom containers",
    date=_READ,
)
