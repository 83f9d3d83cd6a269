"""A container is a process of the same name: `docker run` becomes it, so that signals reach it.

The gateway's image is the Envoy of this Python environment, the engine's is the stand-in engine. What a container
keeps out (the network, files, capabilities) is not kept out here: docs/sandbox.md.
"""

import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

FLAGS_WITHOUT_VALUE = ("--rm", "--read-only")
GATEWAY, ENGINE = "homeport-gateway", "homeport-engine"
ENTRY_SCRIPT = "/homeport/engine-entry.sh"


def main(machine: Path, arguments: list[str]) -> int:
    """The exit status; a `run` does not come back."""
    match arguments:
        case ["run", *rest]:
            return _run(machine, rest)
        case ["stop", "--time", seconds, name]:
            return _stop(machine, name, float(seconds))
        case ["rm", "--force", name]:
            return _stop(machine, name, 0)
        case ["image", "inspect", *_]:
            return _inspect(machine, arguments[2:])
        case ["container", "inspect", *_]:
            return _inspect_container(machine, arguments[-1])
        case ["pull", *_]:
            return _pull(machine, arguments[-1])
        case ["login" | "network", *_]:
            return 0
        case _:
            sys.stderr.write(f"sandbox: docker {' '.join(arguments[:2])} is not known here\n")
            return 2


def _pulled(machine: Path) -> Path:
    return machine / "images"


def _pull(machine: Path, reference: str) -> int:
    if (machine / "faults" / "image-missing").exists():
        sys.stderr.write(f"docker: manifest for {reference} not found\n")
        return 1
    with _pulled(machine).open("a") as file:
        file.write(f"{reference}\n")
    return 0


def _inspect(machine: Path, arguments: list[str]) -> int:
    images = _pulled(machine)
    if not images.exists() or arguments[-1] not in images.read_text().splitlines():
        return 1
    image = {"Config": {"User": "", "Entrypoint": ["engine"], "Cmd": []}}
    sys.stdout.write("\n" if "--format" in arguments else json.dumps([image]))
    return 0


def _inspect_container(machine: Path, name: str) -> int:
    """Whether it runs; an error where there is none."""
    file = machine / "containers" / name
    if not file.exists() or _is_zombie(int(file.read_text())):
        sys.stderr.write(f"Error: No such container: {name}\n")
        return 1
    sys.stdout.write("true\n")
    return 0


def _stop(machine: Path, name: str, seconds: float) -> int:
    file = machine / "containers" / name
    if not file.exists():
        return 1
    process = int(file.read_text())
    with suppress(ProcessLookupError):
        if seconds > 0:
            os.kill(process, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            os.kill(process, 0)
            if _is_zombie(process):
                break
            time.sleep(0.02)
        os.kill(process, signal.SIGKILL)
    file.unlink(missing_ok=True)
    return 0


def _is_zombie(process: int) -> bool:
    """Ended, and not yet waited for by the machine's process."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _run(machine: Path, arguments: list[str]) -> int:
    options, image, command = _parted(arguments)
    name = next((value for flag, value in options if flag == "--name"), "")
    (machine / "containers" / name).write_text(str(os.getpid()))
    settings = json.loads((machine / "machine.json").read_text())
    if name == GATEWAY:
        _become_envoy(settings, command)
    if name == ENGINE:
        _become_engine(machine, settings, options, command)
    sys.stderr.write(f"sandbox: docker run {image} is not known here\n")
    return 125


def _parted(arguments: list[str]) -> tuple[list[tuple[str, str]], str, list[str]]:
    """Options, image, command."""
    options: list[tuple[str, str]] = []
    position = 0
    while arguments[position].startswith("--"):
        flag = arguments[position]
        if flag in FLAGS_WITHOUT_VALUE:
            options.append((flag, ""))
            position += 1
        else:
            options.append((flag, arguments[position + 1]))
            position += 2
    return options, arguments[position], arguments[position + 1 :]


def _become_envoy(settings: dict[str, str], command: list[str]) -> None:
    """On the machine's own address: a machine's `0.0.0.0` is not the loopback's."""
    configuration = Path(command[command.index("--config-path") + 1])
    content = json.loads(configuration.read_text())
    for listener in content["static_resources"]["listeners"]:
        listener["address"]["socket_address"]["address"] = settings["address"]
    configuration.write_text(json.dumps(content))
    os.execv(settings["envoy"], ["envoy", *command, "--concurrency", "1"])  # noqa: S606


def _become_engine(
    machine: Path, settings: dict[str, str], options: list[tuple[str, str]], command: list[str]
) -> None:
    """With the environment of the container's own; the entry script and its secrets are left out."""
    boot = json.loads((machine / "r/etc/homeport/boot.json").read_text())
    environment = dict(os.environ)
    for flag, value in options:
        if flag == "--env":
            name, _, environment[name] = value.partition("=")
    environment["PYTHONPATH"] = settings["project"]
    if command[:1] == [ENTRY_SCRIPT]:
        command = command[2:]
    arguments = [
        settings["python"], "-m", "sandbox.engine",
        "--engine", boot["engine"]["name"],
        "--address", settings["address"], "--port", str(boot["engine"]["port"]),
        "--settings", settings["engine_settings"],
        "--", *command,
    ]  # fmt: skip
    os.execve(settings["python"], arguments, environment)  # noqa: S606
