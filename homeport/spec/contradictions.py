"""What sections of a spec say against each other.

A section is None where it has errors of its own: the others are still compared, so that all errors of
a file come at once.
"""

from homeport.spec.compute import ComputeSpec
from homeport.spec.refusal import Refusal
from homeport.spec.replicas import ReplicasSpec


def contradictions(*, compute: ComputeSpec | None, replicas: ReplicasSpec | None) -> list[Refusal]:
    """Every disagreement, at the path of the line to change."""
    if compute is None or replicas is None or replicas.scale_on is None:
        return []
    if compute.accelerator != "cpu" or replicas.scale_on.measure != "gpu":
        return []
    return [
        Refusal(
            at=("replicas", "scaleOn", "gpu"),
            found="gpu with accelerator cpu",
            allowed="cpu or pending",
            fix="write `scaleOn: {cpu: 80}`, or leave scaleOn out",
        )
    ]
