"""Our command lines against the options of the engines' own argument parsers, as read from their packages."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def _ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "tools/engine_parsers.py", "--recorded", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["vllm", "sglang"])
def test_the_engines_parser_takes_every_line(name: str) -> None:
    done = _ask(name)
    assert (done.returncode, done.stderr) == (0, "")
    assert "command lines taken" in done.stdout


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (["vllm", "/m", "--max-model-length", "8192"], "unrecognized arguments"),
        (["vllm", "/m", "--tensor-parallel-size", "two"], "invalid"),
        (["vllm", "/m", "--kv-cache-dtype", "fp7"], "invalid choice"),
        (["sglang", "--model-path", "/m", "--quantization", "exl2"], "invalid choice"),
        (["sglang", "--model-path", "/m", "--context-len", "8192"], "unrecognized arguments"),
    ],
)
def test_it_refuses_what_the_engine_refuses(line: list[str], refusal: str) -> None:
    done = _ask(*line)
    assert done.returncode == 2
    assert refusal in done.stderr
