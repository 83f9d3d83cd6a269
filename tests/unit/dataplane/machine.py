"""A machine in a folder: the real scripts in a temporary root, with recording stand-ins on PATH."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dataplane.bootstrap.archive import build_archive
from dataplane.bootstrap.boot_document import render_boot_document
from dataplane.bootstrap.user_data import render_user_data

TOOLS = (
    "aws",
    "curl",
    "docker",
    "iptables",
    "ip6tables",
    "systemctl",
    "journalctl",
    "lsblk",
    "mdadm",
    "mkfs.xfs",
    "mount",
    "mountpoint",
    "blkid",
    "dnf",
    "chown",
    "sleep",
)
STEPS = ("scratch", "secrets", "weights", "image", "network", "certificate", "engine", "gateway")
HUB_TOKEN = "hf_canaryOfTheHubTokenForWeights00"
ENGINE_SECRET = "canaryOfAnEngineSecret line one\nand 'two' $HOME \"three\""
WEIGHT_FILES = {
    "config.json": b"{}",
    "breaks-model.safetensors": bytes(range(256)) * 64,
    "sub dir/empty.txt": b"",
}
BOOTED_AT = 1_790_000_000
"""Seconds since 1970, when the kernel began."""
ENGINE_IMAGE = f"docker.io/vllm/vllm-openai@sha256:{'a' * 64}"
ENVOY_IMAGE = f"docker.io/envoyproxy/envoy@sha256:{'b' * 64}"


def boot_parts() -> dict[str, Any]:
    """Keyword arguments of `render_boot_document` for one gated model on one NVIDIA machine."""
    return {
        "homeport_version": "0.1.0",
        "engine": {
            "name": "vllm",
            "image": ENGINE_IMAGE,
            "port": 8000,
            "health_route": "/health",
            "first_request": {
                "method": "POST",
                "path": "/v1/completions",
                "body": '{"model": "llama-8b", "prompt": "ready?", "max_tokens": 1}',
            },
            "metrics_route": "/metrics",
            "routes": [
                {"method": "POST", "path": "/v1/chat/completions", "inference": True},
                {"method": "GET", "path": "/v1/models", "inference": False},
            ],
            "arguments": ["--model", "/repository", "--served-model-name", "a b", ""],
            "env": {"VLLM_LOGGING_LEVEL": "WARNING", "HF_HUB_OFFLINE": "0"},
            "secrets": {"SEARCH_KEY": "team/search-key"},
            "shared_memory_gib": 8,
        },
        "repositories": [
            {
                "role": "model",
                "repository": "meta-llama/Llama-3.1-8B-Instruct",
                "commit": "0" * 40,
                "mount_path": "/repository",
                "files": [
                    {
                        "path": path,
                        "size_bytes": len(data),
                        "sha256": hashlib.sha256(data).hexdigest(),
                    }
                    for path, data in WEIGHT_FILES.items()
                ],
            }
        ],
        "hub": {"endpoint": "https://hub.test", "token_secret": "hf-token"},
        "machine": {
            "accelerator": "nvidia-l4",
            "accelerator_kind": "nvidia",
            "accelerator_count": 1,
            "local_disk_gib": 250,
        },
        "stack": {
            "name": "demo",
            "region": "us-east-1",
            "endpoint": "llama-8b",
            "group": "homeport-demo-llama-8b",
            "table": "homeport-demo",
            "table_prefix": "llama-8b#",
            "configuration_key": {"pk": "llama-8b#config", "sk": "config"},
            "metric_namespace": "homeport/demo/llama-8b",
            "log_group": "/homeport/demo/llama-8b",
        },
        "gateway": {"image": ENVOY_IMAGE},
    }


def configuration_item(**changes: Any) -> dict[str, Any]:
    """What the gateway and the agent read of a protected endpoint's item, in DynamoDB's spelling."""
    return {
        "format": {"N": "1"},
        "access_mode": {"S": "protected"},
        "allow": {"L": [{"S": "org/acme"}]},
        "cidrs": {"L": []},
        "max_request_seconds": {"N": "30"},
        "max_body_bytes": {"N": "1000"},
        "token_stale_seconds": {"N": "3600"},
        "agent_drain_seconds": {"N": "35"},
        "engine_grace_seconds": {"N": "45"},
        **changes,
    }


@dataclass
class Machine:
    """Where it is, and what its commands were asked."""

    root: Path
    world: Path
    user_data: str
    environment: dict[str, str]

    def start(self) -> "subprocess.CompletedProcess[str]":
        """Runs user data as cloud-init does."""
        script = self.root / "user-data"
        script.write_text(self.user_data)
        return self._run([str(script)])

    def step(self, name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Runs one installed script."""
        return self._run([str(self.root / f"opt/homeport/current/scripts/{name}.sh"), *arguments])

    def calls(self, tool: str) -> list[list[str]]:
        return [call["argv"] for call in self.all_calls() if call["tool"] == tool]

    def all_calls(self) -> list[dict[str, Any]]:
        record = self.world / "calls.jsonl"
        return [json.loads(line) for line in record.read_text().splitlines()]

    def forget_calls(self) -> None:
        (self.world / "calls.jsonl").write_text("")

    def _run(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", *command],
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )


@cache
def host_python() -> str:
    """Python 3.9 as on the machine where this one is at hand, else the test's own."""
    found = shutil.which("python3.9")
    if found and subprocess.run([found, "-V"], check=False, capture_output=True).returncode == 0:
        return found
    return sys.executable


def new_machine(folder: Path, parts: dict[str, Any] | None = None) -> Machine:
    """A machine before its first boot, and the outside world that it will meet."""
    root, world, tools = folder / "root", folder / "world", folder / "tools"
    for path in (
        root / "var/lib/cloud/data", root / "dev", root / "proc", world / "secrets", tools,
    ):  # fmt: skip
        path.mkdir(parents=True)
    (root / "proc/stat").write_text(f"cpu  1 2 3\nbtime {BOOTED_AT}\nprocesses 7\n")
    (root / "var/lib/cloud/data/instance-id").write_text("i-0123456789\n")
    _write_tools(tools)
    document = render_boot_document(**(parts or boot_parts()))
    archive = build_archive()
    boot_sha256 = hashlib.sha256(document.encode()).hexdigest()
    bucket = world / "s3" / "artefacts"
    for name, data in (
        (f"startup/{archive.sha256}.tar.gz", archive.content),
        (f"boot/{boot_sha256}.json", document.encode()),
    ):
        (bucket / name).parent.mkdir(parents=True, exist_ok=True)
        (bucket / name).write_bytes(data)
    _write_world(world)
    user_data = render_user_data(
        region="us-east-1",
        bucket="artefacts",
        archive_key=f"startup/{archive.sha256}.tar.gz",
        archive_sha256=archive.sha256,
        boot_key=f"boot/{boot_sha256}.json",
        boot_sha256=boot_sha256,
        log_group="/homeport/demo/llama-8b",
    )
    environment = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "HOMEPORT_ROOT": str(root),
        "STUB_WORLD": str(world),
    }
    return Machine(root, world, user_data, environment)


def _write_tools(tools: Path) -> None:
    stub = Path(__file__).with_name("stub_tool.py")
    for name in TOOLS:
        script = tools / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "{stub}" {name} "$@"\n')
        script.chmod(0o755)
    (tools / "python3").write_text(f'#!/bin/sh\nexec "{host_python()}" "$@"\n')
    (tools / "python3").chmod(0o755)


def _write_world(world: Path) -> None:
    (world / "secrets/team").mkdir()
    (world / "secrets/team/search-key").write_text(ENGINE_SECRET)
    (world / "secrets/hf-token").write_text(HUB_TOKEN)
    (world / "lsblk.txt").write_text(
        "/dev/nvme0n1 Amazon Elastic Block Store\n/dev/nvme1n1 Amazon EC2 NVMe Instance Storage\n"
    )
    repository = world / "hub/meta-llama/Llama-3.1-8B-Instruct/resolve" / ("0" * 40)
    for path, data in WEIGHT_FILES.items():
        file = repository / path.replace(" ", "%20")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    (world / "image.json").write_text(
        json.dumps({"Config": {"User": "", "Entrypoint": ["python3", "-m", "vllm"], "Cmd": ["x"]}})
    )
    (world / "item.json").write_text(
        json.dumps(
            {
                "Item": {
                    "format": {"N": "1"},
                    "access_mode": {"S": "protected"},
                    "cidrs": {"L": [{"S": "192.0.2.0/24"}]},
                    "max_request_seconds": {"N": "900"},
                    "max_body_bytes": {"N": "33554432"},
                    "allow": {"L": [{"S": "org/acme"}]},
                    "agent_drain_seconds": {"N": "905"},
                    "engine_grace_seconds": {"N": "915"},
                }
            }
        )
    )
