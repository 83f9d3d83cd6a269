"""The image of the proxy in front of every engine, which is homeport's own choice, not the spec's."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GatewayImage:
    """A container image, pinned."""

    tag: str
    digest: str
    verified: bool
    """False while no registry was asked for the digest."""
    source: str
    date: str

    @property
    def reference(self) -> str:
        """`registry/name@sha256:...`, what a machine pulls."""
        return f"{self.tag.rpartition(':')[0]}@{self.digest}"


GATEWAY_IMAGE = GatewayImage(
    tag="docker.io/envoyproxy/envoy:distroless-v1.39.1",
    digest="sha256:eb2c01c13125d1629637cb4e4cce7207009fb7cc2c8027f9742758549d15b6f4",
    verified=False,
    source="a public deployment contract that pins this tag by digest; no registry was asked",
    date="2026-11-25",
)
