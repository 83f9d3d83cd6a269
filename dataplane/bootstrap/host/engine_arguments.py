"""Arguments of `docker run` for the engine's container, NUL-terminated.

    engine_arguments.py BOOT IMAGE_INSPECTION CODE RUN SCRATCH MACHINE_ID

The container can write to its scratch folders only, has no capability, no route out, and its secrets
neither in its arguments nor in `docker inspect`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_HOME, _CACHE = "/homeport/home", "/homeport/cache"

CACHES = {
    # A read-only root breaks whatever compiles kernels into the home folder or next to the package.
    "HOME": _HOME,
    "TMPDIR": "/tmp",  # noqa: S108 - the container's own, mounted from scratch
    "XDG_CACHE_HOME": _CACHE,
    "XDG_CONFIG_HOME": f"{_CACHE}/config",
    "HF_HOME": f"{_CACHE}/huggingface",
    "HUGGINGFACE_HUB_CACHE": f"{_CACHE}/huggingface/hub",
    "VLLM_CACHE_ROOT": f"{_CACHE}/vllm",
    "VLLM_CONFIG_ROOT": f"{_CACHE}/vllm-config",
    "TRITON_CACHE_DIR": f"{_CACHE}/triton",
    "TORCHINDUCTOR_CACHE_DIR": f"{_CACHE}/inductor",
    "FLASHINFER_WORKSPACE_BASE": f"{_CACHE}/flashinfer",
    "CUDA_CACHE_PATH": f"{_CACHE}/cuda",
    "NUMBA_CACHE_DIR": f"{_CACHE}/numba",
}
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
}


def engine_arguments(
    boot: dict[str, Any], image: dict[str, Any], code: str, run: str, scratch: str, machine_id: str
) -> list[str]:
    """Everything after `docker run`."""
    engine = boot["engine"]
    return [
        *("--rm", "--name", "homeport-engine"),
        *_confinement(boot),
        *_accelerators(boot["machine"]),
        *("--shm-size", f"{engine['shared_memory_gib']}g"),
        *_logs(boot["stack"], machine_id),
        *_mounts(boot, code, run, scratch),
        *_environment(engine),
        *_command(engine, image),
    ]


def _confinement(boot: dict[str, Any]) -> list[str]:
    network = boot["network"]
    return [
        *("--network", "homeport", "--ip", network["engine_address"]),
        # Without this, Docker's own resolver may ask the machine's name servers on behalf of the
        # container (CVE-2024-29018, before Docker 25.0.4). Nobody listens here: a look-up fails at once.
        *("--dns", "127.0.0.1"),
        "--read-only",
        *("--cap-drop", "ALL"),
        *("--security-opt", "no-new-privileges"),
        *("--pids-limit", "16384"),
        # No memory image of a process with prompts in it, ever on a disk.
        *("--ulimit", "core=0", "--ulimit", "memlock=-1:-1", "--ulimit", "nofile=65536:65536"),
    ]


def _accelerators(machine: dict[str, Any]) -> list[str]:
    kind = machine["accelerator_kind"]
    if kind == "nvidia":
        return ["--gpus", "all"]
    if kind == "neuron":
        # One device file a chip; without Neuron's own container hook, which not every image has.
        chips = range(machine["accelerator_count"])
        return [part for chip in chips for part in ("--device", f"/dev/neuron{chip}")]
    if kind == "none":
        return []
    raise SystemExit(f"homeport: engine: accelerators of kind {kind} are not built yet")


def _logs(stack: dict[str, Any], machine_id: str) -> list[str]:
    options = {
        "awslogs-region": stack["region"],
        "awslogs-group": stack["log_group"],
        "awslogs-stream": f"{machine_id}/engine",
        # A slow log service must not hold the engine up.
        "mode": "non-blocking",
        "max-buffer-size": "8m",
    }
    return ["--log-driver", "awslogs", *_repeated("--log-opt", options)]


def _mounts(boot: dict[str, Any], code: str, run: str, scratch: str) -> list[str]:
    mounts = [
        (f"{scratch}/weights/{repository['role']}", repository["mount_path"], ",readonly")
        for repository in boot["repositories"]
    ]
    mounts += [
        (f"{scratch}/engine/home", _HOME, ""),
        (f"{scratch}/engine/cache", _CACHE, ""),
        (f"{scratch}/engine/tmp", "/tmp", ""),  # noqa: S108
    ]
    if boot["engine"]["secrets"]:
        mounts += [
            (f"{run}/secrets", "/run/secrets", ",readonly"),
            (f"{code}/scripts/engine-entry.sh", "/homeport/engine-entry.sh", ",readonly"),
        ]
    return [
        part
        for source, target, mode in mounts
        for part in ("--mount", f"type=bind,source={source},target={target}{mode}")
    ]


def _environment(engine: dict[str, Any]) -> list[str]:
    """Ours last: the spec cannot switch the Hub back on or send caches to a read-only place."""
    return _repeated("--env", {**engine["env"], **CACHES, **OFFLINE})


def _command(engine: dict[str, Any], image: dict[str, Any]) -> list[str]:
    """The image's own entry point with the plan's arguments, behind the entry script with secrets.

    As Docker does it: without arguments the image's default ones; with `--entrypoint` they must be
    written out.
    """
    arguments: list[str] = engine["arguments"]
    if not engine["secrets"]:
        return [engine["image"], *arguments]
    config = image["Config"]
    whole: list[str] = [*(config.get("Entrypoint") or []), *(arguments or config.get("Cmd") or [])]
    if not whole:
        raise SystemExit(f"homeport: engine: {engine['image']} names no program to start")
    return ["--entrypoint", "/bin/sh", engine["image"], "/homeport/engine-entry.sh", *whole]


def _repeated(flag: str, values: dict[str, str]) -> list[str]:
    return [part for name, value in values.items() for part in (flag, f"{name}={value}")]


def _main(boot_path: str, image_path: str, *rest: str) -> None:
    boot = json.loads(Path(boot_path).read_text())
    image = json.loads(Path(image_path).read_text())[0]
    for argument in engine_arguments(boot, image, *rest):
        sys.stdout.write(f"{argument}\0")


if __name__ == "__main__":
    _main(*sys.argv[1:])
