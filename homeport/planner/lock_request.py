"""What a spec asks of the outside: its repositories, and the images of the engine that it will get."""

from homeport.catalogue import Engine
from homeport.lock.wanted import WantedRepository
from homeport.spec import EndpointSpec


def wanted_repositories(spec: EndpointSpec) -> tuple[WantedRepository, ...]:
    """The model, and the second model of speculative decoding."""
    model = WantedRepository(
        role="model",
        repository=spec.model.repository,
        revision=spec.model.revision,
        path="model.repository",
        quantization=spec.engine.quantization,
        gguf=spec.engine.name == "llamacpp",
        handler=spec.engine.name in ("toolkit", "custom"),
    )
    speculative = spec.engine.speculative
    if speculative is None or speculative.model is None:
        return (model,)
    draft = WantedRepository(
        role="draft",
        repository=speculative.model,
        revision="main",
        path="engine.speculative.model",
        gguf=model.gguf,
    )
    return (model, draft)


def image_tags(spec: EndpointSpec, chosen: Engine) -> tuple[str, ...]:
    """The spec's own image, or every image of the engine: another accelerator needs no new lock."""
    if spec.engine.image is not None:
        return (spec.engine.image,)
    return tuple(image.tag for image in chosen.images)
