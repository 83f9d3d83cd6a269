"""Facts of an accelerator that do not depend on the machine it sits in."""

from dataclasses import dataclass

from homeport.errors import CatalogueError

_NVIDIA = (
    "NVIDIA's table of CUDA GPUs as known; agrees with text-embeddings-inference 1.9, which has one "
    "image for each compute capability (turing, 80, 86, 89, hopper)"
)
_AWS = "AWS Neuron documentation: Inferentia2, NeuronCore-v2"
_GOOGLE = "Google Cloud TPU documentation"
_READ = "2026-11-22"


@dataclass(frozen=True, kw_only=True)
class AcceleratorFacts:
    """An accelerator by Hugging Face's name."""

    name: str
    maker: str
    """`nvidia`, `aws`, `google`, or `none` for `cpu`."""
    compute_capability: float | None
    """NVIDIA's, which decides what an engine's kernels can do; None for the others."""
    end_of_line: str | None = None
    """Why it should not be chosen any more; None where nothing speaks against it."""
    source: str
    date: str


def _nvidia(name: str, compute_capability: float) -> AcceleratorFacts:
    return AcceleratorFacts(
        name=name,
        maker="nvidia",
        compute_capability=compute_capability,
        source=_NVIDIA,
        date=_READ,
    )


def _other(name: str, maker: str, source: str, end: str | None = None) -> AcceleratorFacts:
    return AcceleratorFacts(
        name=name,
        maker=maker,
        compute_capability=None,
        end_of_line=end,
        source=source,
        date=_READ,
    )


_FACTS = {
    facts.name: facts
    for facts in (
        _other("cpu", "none", "no accelerator"),
        _nvidia("nvidia-t4", 7.5),
        _nvidia("nvidia-a100", 8.0),
        _nvidia("nvidia-a10g", 8.6),
        _nvidia("nvidia-l4", 8.9),
        _nvidia("nvidia-l40s", 8.9),
        _nvidia("nvidia-h100", 9.0),
        _nvidia("nvidia-h200", 9.0),
        _other(
            "inf2",
            "aws",
            _AWS,
            "engines for it are in maintenance (Neuron SDK 2.32: Inf2 stays on the legacy path)",
        ),
        _other("tpu-v5e", "google", _GOOGLE),
        _other("tpu-v6e", "google", _GOOGLE),
    )
}


def accelerator(name: str) -> AcceleratorFacts:
    """The accelerator `name`. Raises CatalogueError for a name that nobody knows."""
    if name in _FACTS:
        return _FACTS[name]
    raise CatalogueError(
        path="compute.accelerator",
        found=name,
        allowed=f"one of {', '.join(_FACTS)}",
        fix="write for example nvidia-l4",
    )


def accelerator_names() -> tuple[str, ...]:
    """Every name, `cpu` first."""
    return tuple(_FACTS)
