"""What a lock holds, as plain frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from homeport.errors import LockError

LOCK_VERSION = 1

Role = Literal["model", "draft", "code"]
RepositoryOrigin = Literal["hub", "sandbox"]
ImageOrigin = Literal["registry", "sandbox"]

_WEIGHT_FORMS: Mapping[str, Literal["safetensors", "pytorch", "gguf"]] = {
    "safetensors": "safetensors",
    "bin": "pytorch",
    "gguf": "gguf",
}


@dataclass(frozen=True, kw_only=True)
class LockedFile:
    """One file of a repository that machines download and check."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ModelMetadata:
    """What the Hub and the repository's config.json say of a model; None where they are silent."""

    task: str | None = None
    """The Hub's pipeline tag."""
    library: str | None = None
    architectures: tuple[str, ...] = ()
    model_type: str | None = None
    parameters: Mapping[str, int] | None = None
    """Data type of the safetensors header -> stored elements, such as `{"BF16": 8030261248}`."""
    dtype: str | None = None
    quantization: str | None = None
    """`quant_method` of `quantization_config`."""
    config: Mapping[str, int | float | bool | str | None] = field(
        default_factory=dict[str, int | float | bool | str | None]
    )
    """Further plain values of config.json under their own names: max_position_embeddings,
    hidden_size, num_hidden_layers, num_attention_heads, num_key_value_heads, head_dim, vocab_size
    and whatever else an estimate of memory reads."""


@dataclass(frozen=True, kw_only=True)
class LockedRepository:
    """A Hub repository, pinned to one commit."""

    role: Role
    repository: str
    revision: str
    """What was asked for: branch, tag or commit."""
    commit: str
    """40 hexadecimal digits."""
    origin: RepositoryOrigin
    """`sandbox`: a stand-in, refused outside the sandbox."""
    gated: bool
    files: tuple[LockedFile, ...]
    metadata: ModelMetadata
    source: str
    """Where the facts were read."""

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(file.size_bytes for file in self.files)

    @property
    def weight_form(self) -> Literal["safetensors", "pytorch", "gguf", "none"]:
        """In which form the weights are; a lock holds one form only."""
        endings = {file.path.rpartition(".")[2] for file in self.files}
        for ending, form in _WEIGHT_FORMS.items():
            if ending in endings:
                return form
        return "none"

    @property
    def gguf_file(self) -> str | None:
        """The GGUF file to load, the first of its shards; None where there is none."""
        return min((file.path for file in self.files if file.path.endswith(".gguf")), default=None)


@dataclass(frozen=True, kw_only=True)
class LockedImage:
    """A container image, pinned to one digest."""

    tag: str
    """`registry/name:tag` that the digest was read from."""
    digest: str
    """`sha256:` and 64 hexadecimal digits."""
    origin: ImageOrigin
    source: str

    @property
    def reference(self) -> str:
        """`registry/name@sha256:...`, what a machine pulls."""
        return f"{image_name(self.tag)}@{self.digest}"


@dataclass(frozen=True, kw_only=True)
class Lock:
    """Everything outside that one endpoint depends on, pinned."""

    made_for: str
    """`lock_digest` of the spec's fields that the lock answers (key `for` in the file)."""
    repositories: tuple[LockedRepository, ...]
    """Exactly one with role `model`, which comes first."""
    images: tuple[LockedImage, ...]
    """Every image of the engine that was chosen, so that another accelerator needs no new lock."""
    version: int = LOCK_VERSION

    @property
    def model(self) -> LockedRepository:
        """The model's own repository."""
        return self.repositories[0]

    @property
    def origin(self) -> Literal["hub", "sandbox"]:
        """`sandbox` as soon as anything in the lock is a stand-in."""
        parts = (*self.repositories, *self.images)
        return "sandbox" if any(part.origin == "sandbox" for part in parts) else "hub"

    def repository(self, role: Role) -> LockedRepository | None:
        """The first repository with `role`; None where the lock has none."""
        return next((each for each in self.repositories if each.role == role), None)

    def fresh_for(self, digest: str) -> bool:
        """Whether the lock was made for the spec with this `lock_digest`."""
        return self.made_for == digest

    def image(self, tag: str) -> LockedImage:
        """The image with `tag`. Raises LockError where the lock does not hold it."""
        for image in self.images:
            if image.tag == tag:
                return image
        raise LockError(
            path="images",
            found=", ".join(image.tag for image in self.images) or "no image",
            allowed=f"with {tag}, which the plan asks for",
            fix="run `homeport lock <stack>`",
        )


def image_name(tag: str) -> str:
    """The image without tag and digest: `host:5000/a/b:1` gives `host:5000/a/b`."""
    name = tag.partition("@")[0]
    head, separator, last = name.rpartition("/")
    return f"{head}{separator}{last.partition(':')[0]}"
