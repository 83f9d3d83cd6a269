"""Hugging Face's names of the hardware a replica runs on."""

from typing import Literal, get_args

Accelerator = Literal[
    "cpu",
    "nvidia-t4",
    "nvidia-l4",
    "nvidia-a10g",
    "nvidia-l40s",
    "nvidia-a100",
    "nvidia-h100",
    "nvidia-h200",
    "inf2",
    "tpu-v5e",
    "tpu-v6e",
]
ACCELERATORS: tuple[Accelerator, ...] = get_args(Accelerator)

CPU_COUNTS = (1, 2, 4, 8, 16)
"""vCPU of a replica on `cpu`, 2 GiB of memory each (Hugging Face's pricing page, 2026-05-19)."""
ACCELERATOR_COUNT_MAX = 16
"""The most that one machine of the clouds carries is 16 (TPU hosts and Inferentia: fewer)."""
