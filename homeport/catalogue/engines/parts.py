"""Words that several engines' files share."""

from homeport.catalogue.engines.interface import EngineRoute

NVIDIA_GPUS = (
    "nvidia-t4",
    "nvidia-a10g",
    "nvidia-l4",
    "nvidia-l40s",
    "nvidia-a100",
    "nvidia-h100",
    "nvidia-h200",
)
"""Every GPU of the catalogue; all have compute capability 7.5 or above."""
ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - in the container, which only the gateway reaches
HUB_OFFLINE = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "1"}
"""The container reaches nothing; without these an engine waits for hosts that never answer."""


def get(path: str) -> EngineRoute:
    """A question about the server: it never wakes an endpoint."""
    return EngineRoute(method="GET", path=path, inference=False)


def post(path: str, inference: bool = True) -> EngineRoute:
    """A request that makes the model work, unless said otherwise."""
    return EngineRoute(method="POST", path=path, inference=inference)
