"""A new engine is one file, a new machine is one file: a copy of the package with both plans an endpoint."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ENGINE = '''\
"""A made-up engine for a made-up architecture."""

from homeport.catalogue.engines.interface import (
    Engine, EngineImage, EngineRoute, FirstRequest, Flag, Launch, LaunchRequest,
)


def launch(request: LaunchRequest) -> Launch:
    return Launch(arguments=("--weights", request.model_path, "--window", str(request.context_length_tokens)))


ENGINE = Engine(
    name="warp",
    version="1.0",
    images=(
        EngineImage(
            tag="registry.example.com/warp:1.0", accelerators=("nvidia-l4",), source="made up", date="2026-11-25"
        ),
    ),
    port=7000,
    health_route="/health",
    metrics_route=None,
    pending_metric=None,
    running_metric=None,
    routes=(
        EngineRoute(method="GET", path="/health", inference=False),
        EngineRoute(method="POST", path="/warp", inference=True),
    ),
    tasks=("text-generation",),
    architectures=("Qwen3ForCausalLM",),
    quantizations={},
    quantizes_while_loading=(),
    quantizes_on_cpu=(),
    weight_forms=("safetensors",),
    flags={"context": Flag(word="--window", source="made up")},
    names_model=False,
    shared_memory_gib=1,
    own_arguments={},
    launch=launch,
    first_request=lambda task, name: FirstRequest(method="GET", path="/health"),
    automatic_turn=0,
    source="made up",
    date="2026-11-25",
)
'''
MACHINE = {
    "family": "w1",
    "sources": {"made": {"text": "made up", "date": "2026-11-25", "verified": True}},
    "offered": {"source": "made", "regions": ["us-east-1"]},
    "instances": [
        {
            "name": "w1.small", "vcpu": 6, "memory_gib": 24, "accelerator": "nvidia-l4",
            "accelerator_count": 1, "accelerator_memory_mib": 22888, "local_disk_gb": 0,
            "network_gbps": 5.0, "source": "made",
        }
    ],
    "prices": [{"region": "us-east-1", "name": "w1.small", "usd_per_hour": 0.5, "source": "made"}],
}  # fmt: skip
SPEC = """\
version: 1
name: chat
model: {repository: Qwen/Qwen3-8B}
engine: {contextLength: 4096}
compute: {accelerator: nvidia-l4}
access: {mode: public}
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package, what locks it, and a stack with one endpoint."""
    for part in ("homeport", "sandbox"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / "stacks" / "new").mkdir(parents=True)
    settings = (ROOT / "stacks" / "Pulumi.demo.yaml").read_text()
    (tmp_path / "stacks" / "Pulumi.new.yaml").write_text(settings)
    (tmp_path / "stacks" / "new" / "chat.yaml").write_text(SPEC)
    return tmp_path


def _homeport(copy: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "HF_ENDPOINT"}
    done = subprocess.run(
        [sys.executable, "-m", "homeport.cli", *arguments],
        cwd=copy, env={**environment, "PYTHONPATH": str(copy)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def _plan(copy: Path) -> dict[str, dict[str, object]]:
    _homeport(copy, "lock", "new")
    answer = json.loads(_homeport(copy, "plan", "new", "--json", "--no-policies"))
    return answer["plan"]["endpoints"][0]


def test_an_engine_is_one_file(copy: Path) -> None:
    assert _plan(copy)["engine"]["name"] == "vllm"
    (copy / "homeport" / "catalogue" / "engines" / "warp.py").write_text(ENGINE)
    engine = _plan(copy)["engine"]
    assert engine["name"] == "warp"
    assert engine["arguments"] == ["--weights", "/repository", "--window", "4096"]
    assert str(engine["image"]).count("registry.example.com/warp") == 2


def test_a_machine_is_one_file(copy: Path) -> None:
    assert _plan(copy)["machine"]["instance_type"] == "g6.2xlarge"
    file = copy / "homeport" / "catalogue" / "data" / "aws_machines" / "w1.json"
    file.write_text(json.dumps(MACHINE))
    planned = _plan(copy)
    assert planned["machine"]["instance_type"] == "w1.small"
    assert planned["price"]["lines"][0]["usd_per_hour"] == 0.5  # type: ignore[index]
