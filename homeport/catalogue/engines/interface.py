"""The one shape of every engine: what it serves, in which images, by which routes and arguments.

An engine file fills an `Engine`; adding one is adding a file here and a row in `__init__.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from homeport.errors import CatalogueError

Feature = Literal[
    "served-names",
    "task",
    "tensor-parallel",
    "context",
    "quantization",
    "kv-cache",
    "batching",
    "speculative-ngram",
    "speculative-draft",
    "speculative-eagle3",
    "speculative-mtp",
    "body-limit",
    "metrics",
]
"""What an engine may have a word for; columns of the table in docs/engines.md."""
FEATURES: tuple[Feature, ...] = get_args(Feature)

WeightForm = Literal["safetensors", "pytorch", "gguf", "any"]


@dataclass(frozen=True, kw_only=True)
class EngineImage:
    """A container image of an engine, and the accelerators that it runs on."""

    tag: str
    """`registry/name:tag`; the lock adds the digest."""
    accelerators: tuple[str, ...]
    """Hugging Face's names."""
    source: str
    date: str
    version: str | None = None
    """Of the engine inside, where it is not the engine's own."""
    end_of_line: str | None = None
    """Why it is no longer developed: `auto` never leads to such an image."""


@dataclass(frozen=True, kw_only=True)
class Flag:
    """The word by which an engine is told something, and where it was read."""

    word: str
    """A flag with its dashes, or a variable."""
    source: str
    """File of the engine's repository, or page of its documentation, at the engine's version."""


@dataclass(frozen=True, kw_only=True)
class EngineRoute:
    """A request line that callers may use; every other one stays closed."""

    method: Literal["GET", "POST"]
    path: str
    """Exact, or every path below where it ends with `/*`."""
    inference: bool
    """True where the request makes the model work: such a request wakes and keeps awake."""


@dataclass(frozen=True, kw_only=True)
class SpeculativeRequest:
    """Speculative decoding as the spec words it."""

    method: Literal["ngram", "draft", "eagle3", "mtp"]
    tokens: int
    """Tokens guessed at a time."""
    model_path: str | None = None
    """Folder of the second model in the container; None where the method has none."""
    weights_file: str | None = None
    """The file in it, for engines that want a file."""


@dataclass(frozen=True, kw_only=True)
class LaunchRequest:
    """What an engine is asked to serve."""

    model_path: str
    """Folder of the weights in the container; nothing is downloaded."""
    weights_file: str | None = None
    """The file in it to load (the first shard), for engines that want a file: GGUF."""
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
class FirstRequest:
    """The request that shows that the model answers: a replica is ready once it got 200 for it."""

    method: Literal["GET", "POST"]
    path: str
    body: str | None = None
    """JSON; None for a question."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """An engine at one version, with everything that homeport needs to know to run it."""

    name: str
    version: str
    """Version of the images and of the documentation that the flags were read in."""
    images: tuple[EngineImage, ...]
    """Empty where the spec must bring one."""
    port: int
    """Where the engine listens, in the container; `launch` says so to it, or the spec."""
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
    weight_forms: tuple[WeightForm, ...]
    """Forms of weights that it loads; `any` where that is the image's own business."""
    flags: Mapping[Feature, Flag]
    """What it can be told, and by which word. A feature that is missing cannot be asked of it."""
    names_model: bool
    """True where clients must ask by a served name; False: any name is taken."""
    shared_memory_gib: int
    """Shared memory of the container; 0 where the runtime's default (64 MiB) will do."""
    own_arguments: Mapping[str, str]
    """Flag that homeport writes -> path of the spec that it comes from."""
    launch: Callable[[LaunchRequest], Launch]
    first_request: Callable[[str, str], FirstRequest]
    """Task and served name -> the smallest real request."""
    automatic_turn: int | None = None
    """When `auto` asks it: the narrower engine first, it is the faster one for its tasks. None: never,
    as of an engine at its end of line or without an image."""
    end_of_line: str | None = None
    """Why it is no longer developed; None while it is."""
    source: str
    date: str

    @property
    def brings_image(self) -> bool:
        """False where the spec must name the image."""
        return bool(self.images)

    @property
    def speculative_methods(self) -> tuple[str, ...]:
        """The spec's words for what it has a flag for."""
        return tuple(
            name.partition("-")[2] for name in self.flags if name.startswith("speculative-")
        )

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
