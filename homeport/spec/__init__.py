"""The user's words: endpoint specs and stack settings as frozen models, and the YAML they come from."""

from homeport.spec.access import AccessSpec
from homeport.spec.compute import ComputeSpec
from homeport.spec.endpoint import EndpointSpec
from homeport.spec.engine import EngineSpec
from homeport.spec.machine_images import MachineImage, MachineImages
from homeport.spec.model import ModelSpec
from homeport.spec.network import NetworkSettings
from homeport.spec.replicas import ReplicasSpec, ScaleOnSpec
from homeport.spec.settings import StackSettings
from homeport.spec.speculative import SpeculativeSpec

__all__ = [
    "AccessSpec",
    "ComputeSpec",
    "EndpointSpec",
    "EngineSpec",
    "MachineImage",
    "MachineImages",
    "ModelSpec",
    "NetworkSettings",
    "ReplicasSpec",
    "ScaleOnSpec",
    "SpeculativeSpec",
    "StackSettings",
]
