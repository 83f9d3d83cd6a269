"""Stacks in memory: texts of specs and settings, with a lock of made-up facts for each."""

from collections.abc import Mapping
from pathlib import Path

from homeport.catalogue import carried_engines
from homeport.lock import Lock, LockedFile, LockedImage, LockedRepository, ModelMetadata
from homeport.planner.model import spec_digest
from homeport.planner.sources import EndpointSource, StackSources
from homeport.spec.parse import parse_endpoint, parse_settings
from homeport.spec.yaml_source import SettingsSource, YamlSource

GIBIBYTE = 1024**3
CHAT = ModelMetadata(task="text-generation", architectures=("LlamaForCausalLM",), dtype="bfloat16")
AWQ = ModelMetadata(task="text-generation", architectures=("Qwen2ForCausalLM",), quantization="awq")
EMBEDDING = ModelMetadata(task="feature-extraction", architectures=("BertModel",))
GGUF = ModelMetadata(task="text-generation", architectures=("llama",), library="gguf")
UNKNOWN = ModelMetadata()

MODELS: Mapping[str, tuple[ModelMetadata, float, bool]] = {
    "acme/chat-8b": (CHAT, 15, False),
    "acme/chat-70b": (CHAT, 131, False),
    "acme/chat-awq": (AWQ, 5, False),
    "acme/gated": (CHAT, 15, True),
    "acme/embedding": (EMBEDDING, 0.1, False),
    "acme/chat-gguf": (GGUF, 5, False),
    "acme/unknown": (UNKNOWN, 1, False),
}
"""Repository -> metadata, GiB of weights, gated."""

SETTINGS = """\
config:
  homeport:sandbox: true
  homeport:cloud: aws
  homeport:account: "123456789012"
  homeport:region: us-east-1
  homeport:domain: endpoints.example.com
  homeport:zone: Z0123456789
  homeport:network: {create: 10.20.0.0/16, zones: [us-east-1a, us-east-1b]}
  homeport:allow: [org/acme]
  homeport:machineImages:
    cpu: {id: ami-0c0c0c0c0c0c0c0c0, date: "2026-11-01", origin: sandbox}
    nvidia: {id: ami-0d0d0d0d0d0d0d0d0, date: "2026-11-01", origin: sandbox}
"""


def stack(specs: Mapping[str, str], settings: str = SETTINGS) -> StackSources:
    """The sources of a stack `test` with these spec texts by name."""
    source = SettingsSource(file="stacks/Pulumi.test.yaml", data=settings.encode())
    parsed = parse_settings(source)
    endpoints: list[EndpointSource] = []
    for name, text in sorted(specs.items()):
        file = YamlSource(file=f"stacks/test/{name}.yaml", data=text.encode())
        spec = parse_endpoint(file)
        endpoints.append(
            EndpointSource(
                path=Path(file.file),
                source=file,
                spec=spec,
                lock=lock_for(spec.model.repository, spec_digest(spec), spec.engine.image),
            )
        )
    return StackSources(
        name="test",
        path=Path(source.file),
        source=source,
        settings=parsed,
        endpoints=tuple(endpoints),
    )


def lock_for(repository: str, digest: str, image: str | None = None) -> Lock:
    """A lock of one of `MODELS` with every image of every engine."""
    metadata, weights_gib, gated = MODELS[repository]
    tags = [one.tag for engine in carried_engines() for one in engine.images]
    tags += [image] if image else []
    return Lock(
        made_for=digest,
        repositories=(
            LockedRepository(
                role="model",
                repository=repository,
                revision="main",
                commit="0" * 40,
                origin="sandbox",
                gated=gated,
                files=(
                    LockedFile(
                        path="model-Q4_K_M.gguf" if metadata is GGUF else "model.safetensors",
                        size_bytes=int(weights_gib * GIBIBYTE),
                        sha256="0" * 64,
                    ),
                ),
                metadata=metadata,
                source="made up for tests",
            ),
        ),
        images=tuple(
            LockedImage(
                tag=tag, digest=f"sha256:{'1' * 64}", origin="sandbox", source="made up for tests"
            )
            for tag in dict.fromkeys(tags)
        ),
    )
