"""The proxy in front of every engine: its image, and what is not known about it."""

from homeport.catalogue import GATEWAY_IMAGE
from homeport.planner.plan import ImagePlan, Notice


def gateway_image() -> ImagePlan:
    """The image of the catalogue; changing it rolls the machines of every endpoint."""
    return ImagePlan(reference=GATEWAY_IMAGE.reference, tag=GATEWAY_IMAGE.tag, origin="registry")


def gateway_notices() -> tuple[Notice, ...]:
    """That nobody asked the registry, where nobody did."""
    if GATEWAY_IMAGE.verified:
        return ()
    return (
        Notice(
            path="",
            text=f"the digest of {GATEWAY_IMAGE.tag} was not read from its registry: "
            f"{GATEWAY_IMAGE.source}",
        ),
    )
