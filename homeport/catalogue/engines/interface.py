"""The one shape of every engine: what it serves, in which images, by which routes and arguments.

An engine file fills an `Engine`; adding one is adding a file here and a row in `__init__.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from homeport.errors import CatalogueError


@dataclass(frozen=True, kw_only=True)
class EngineImage:
    """A container image of an engine, and the accelerators that it runs on."""

    tag: str
    """`registry/name:tag`; the lock adds the digest."""
    accelerators: tuple[str, ...]
    """Hugging Face's names."""
    source: str
    date: str


@dataclass(frozen=True, kw_only=True)
class EngineRoute:
    """A request line that callers may use; every other one stays closed."""

    method: Literal["GET", "POST"]
    path: str
    inference: bool
    """True where the request makes the model work: such a request wakes and keeps awake."""


@dataclass(frozen=True, kw_only=True)
class SpeculativeRequest:
    """Speculative decoding as the spec words it."""

    method: Literal["ngram", "draft", "eagle3", "mtp"]
    tokens: int
    """Tokens guessed at a time."""
    model_path: str | None = None
    """Path of the second model in the container; None where the method has none."""


@dataclass(frozen=True, kw_only=True)
class LaunchRequest:
    """What an engine is asked to serve."""

    model_path: str
    """Path of the weights in the container; nothing is downloaded."""
    served_names: tuple[str, ...]
    """Names by which clients ask for the model, the first one the main one."""
    task: str
    accelerator: str
    """Hugging Face's name; `cpu` where there is none."""
    accelerator_count: int
    """Accelerators in the machine; 0 for `cpu`."""
    context_length_tokens: int | None = None
    """Prompt and answer together; None leaves the model's own."""
    quantization: str | None = None
    """A method to apply while loading; None leaves the weights as they are stored."""
    kv_cache_dtype: str | None = None
    max_concurrent_sequences: int | None = None
    max_body_bytes: int | None = None
    speculative: SpeculativeRequest | None = None


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How an engine is started: arguments to the image's own entry point, and its variables."""

    arguments: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Engine:
    """An engine at one version, with everything that homeport needs to know to run it."""

    name: str
    version: str
    """Version of the images and of the documentation that the flags were read in."""
    images: tuple[EngineImage, ...]
    port: int
    """Where the engine listens, in the container; `launch` says so to it."""
    health_route: str
    """Answers 200 once requests can be served."""
    metrics_route: str | None
    pending_metric: str | None
    """Gauge of requests that wait in the engine."""
    running_metric: str | None
    routes: tuple[EngineRoute, ...]
    tasks: tuple[str, ...]
    """Tasks of the spec that it serves."""
    architectures: tuple[str, ...] | None
    """Of the model's config.json, those that it loads; None: the list is too long to keep, and the
    engine refuses at load."""
    quantizations: Mapping[str, float]
    """Method -> least compute capability of an NVIDIA GPU; empty where nothing is quantized."""
    quantizes_while_loading: tuple[str, ...]
    """Methods that need no quantized weights in the repository."""
    quantizes_on_cpu: tuple[str, ...]
    speculative_methods: tuple[str, ...]
    sets_context: bool
    """True where `contextLength` becomes an argument of the engine."""
    tensor_parallel: bool
    """True where one replica can use several accelerators."""
    names_model: bool
    """True where clients must ask by a served name; False: any name is taken."""
    shared_memory_gib: int
    """Shared memory of the container; 0 where the runtime's default (64 MiB) will do."""
    own_arguments: Mapping[str, str]
    """Flag that homeport writes -> path of the spec that it comes from."""
    launch: Callable[[LaunchRequest], Launch]
    end_of_line: str | None = None
    """Why it is no longer developed; None while it is. `auto` never picks such an engine."""
    source: str
    date: str

    def image_for(self, accelerator: str) -> EngineImage:
        """The image that runs on `accelerator`. Raises CatalogueError where there is none."""
        for image in self.images:
            if accelerator in image.accelerators:
                return image
        runs_on = sorted({name for image in self.images for name in image.accelerators})
        raise CatalogueError(
            path="compute.accelerator",
            found=f"{accelerator} with engine {self.name}",
            allowed=f"hardware that {self.name} {self.version} runs on: {', '.join(runs_on)}",
            fix="choose one of these, or another engine",
        )
