"""Stand-ins for the commands of a machine: `python -m sandbox.live.host.tools NAME ARGUMENTS...`.

What talks to AWS talks to the emulated account; a container is a process; the rest does nothing and succeeds.
The folder of the machine is in HOMEPORT_SANDBOX_MACHINE. Standard library only, and few modules: every call
starts an interpreter.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from sandbox.live.host import docker
from sandbox.live.host.use import busy_percent
from sandbox.live.host.weights import weight_content

NAMES = (
    "aws", "blkid", "chown", "curl", "dnf", "docker", "ip6tables", "iptables", "journalctl", "lsblk",
    "mdadm", "mkfs.xfs", "mount", "mountpoint", "nvidia-smi", "sleep", "systemctl",
)  # fmt: skip
SLEEP_SECONDS_MIN = 3.0
"""On the wall, of a longer sleep: what it waits for is not as much faster as the account's clock."""
GPU_MIB, GPU_MIB_USED = 24_000, 20_000
MACHINE = Path(os.environ.get("HOMEPORT_SANDBOX_MACHINE", "."))


def _option(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def _fault(name: str) -> bool:
    """Whether a test has switched a fault of this machine's surroundings on."""
    return (MACHINE / "faults" / name).exists()


def aws(arguments: list[str]) -> int:
    """The few commands of AWS's own tool that the scripts use."""
    match arguments[:2]:
        case ["s3", "cp"]:
            bucket, _, key = arguments[-2].removeprefix("s3://").partition("/")
            Path(arguments[-1]).write_bytes(_ask("s3", path=f"/{bucket}/{key}"))
        case ["secretsmanager", "get-secret-value"]:
            content = {"SecretId": _option(arguments, "--secret-id")}
            found = _ask_json("secretsmanager", "secretsmanager.GetSecretValue", content)
            sys.stdout.write(found["SecretString"])
        case ["dynamodb", "get-item"]:
            key = json.loads(_option(arguments, "--key"))
            content = {"TableName": _option(arguments, "--table-name"), "Key": key}
            found = _ask_json("dynamodb", "DynamoDB_20120810.GetItem", content)
            sys.stdout.write(json.dumps(found) if found else "")
        case ["logs", "create-log-stream"]:
            _ask_json("logs", "Logs_20140328.CreateLogStream", _stream(arguments))
        case ["logs", "put-log-events"]:
            text = _option(arguments, "--log-events")
            events = _log_events(text)
            _ask_json(
                "logs", "Logs_20140328.PutLogEvents", {**_stream(arguments), "logEvents": events}
            )
        case ["ecr", "get-login-password"]:
            sys.stdout.write("sandbox")
        case _:
            sys.stderr.write(f"sandbox: aws {' '.join(arguments[:2])} is not known here\n")
            return 2
    return 0


def _stream(arguments: list[str]) -> dict[str, str]:
    return {
        "logGroupName": _option(arguments, "--log-group-name"),
        "logStreamName": _option(arguments, "--log-stream-name"),
    }


def _log_events(text: str) -> list[dict[str, object]]:
    """From a file, or in the tool's short form: `timestamp=1,message="..."`."""
    if text.startswith("file://"):
        return json.loads(Path(text.removeprefix("file://")).read_text())
    timestamp, _, message = text.removeprefix("timestamp=").partition(",message=")
    return [{"timestamp": int(timestamp), "message": message.strip('"')}]


def _ask_json(service: str, target: str, content: Mapping[str, object]) -> dict[str, str]:
    answer = _ask(service, content=json.dumps(content).encode(), target=target)
    return json.loads(answer or b"{}")


def _ask(service: str, *, path: str = "/", content: bytes | None = None, target: str = "") -> bytes:
    """The emulated account does not check signatures; it finds the service by one."""
    import urllib.error
    import urllib.request

    scope = f"sandbox/20261101/{os.environ['AWS_REGION']}/{service}/aws4_request"
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "content-type": "application/x-amz-json-1.1",
    }
    if target:
        headers["x-amz-target"] = target
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"] + path, content, headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.read()
    except urllib.error.HTTPError as error:
        sys.stderr.write(f"sandbox: {service}: {error.code} {error.read()[:500]!r}\n")
        sys.exit(254)


def curl(arguments: list[str]) -> int:
    """The real one for sockets of this machine; for weights, the sandbox's Hub."""
    if "--config" not in arguments:
        real = os.environ["HOMEPORT_SANDBOX_CURL"]
        os.execv(real, [real, *arguments])  # noqa: S606 - the machine's own curl
    if _fault("hub-down"):
        sys.stderr.write("curl: (7) Failed to connect to the Hub\n")
        return 7
    from urllib.parse import unquote

    lines = Path(_option(arguments, "--config")).read_text().splitlines()
    values = [line.partition(" = ")[2].strip('"') for line in lines]
    for url, output in zip(values[::2], values[1::2], strict=True):
        path = unquote(url.partition("/resolve/")[2].partition("/")[2])
        target = Path(output)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(weight_content(path))
    return 0


def systemctl(arguments: list[str]) -> int:
    """Starts and restarts are left for the machine's process to do."""
    command, *rest = [word for word in arguments if not word.startswith("--")]
    if command == "cat":
        return 1
    if command in ("start", "restart"):
        for unit in rest:
            leave_command(MACHINE, f"{command} {unit}")
    return 0


def leave_command(machine: Path, text: str) -> None:
    """For the machine's process, which reads the folder in order of names."""
    folder = machine / "commands"
    draft = folder / f".{os.getpid()}"
    draft.write_text(text)
    draft.rename(folder / f"{len(list(folder.iterdir())):06d}-{os.getpid()}")


def journalctl(arguments: list[str]) -> int:
    """The unit's last lines."""
    unit = _option(arguments, "--unit")
    journal = MACHINE / "journal" / (unit if "." in unit else f"{unit}.service")
    if journal.exists():
        lines = journal.read_text(errors="replace").splitlines(keepends=True)
        sys.stdout.writelines(lines[-int(_option(arguments, "--lines")) :])
    return 0


def main(name: str, arguments: list[str]) -> int:
    """The command's exit status."""
    known = {"aws": aws, "curl": curl, "systemctl": systemctl, "journalctl": journalctl}
    if name == "docker":
        return docker.main(MACHINE, arguments)
    if name in known:
        return known[name](arguments)
    if name == "sleep":
        seconds = float(arguments[0])
        scaled = seconds / float(os.environ["HOMEPORT_TIME_SCALE"])
        time.sleep(max(scaled, min(seconds, SLEEP_SECONDS_MIN)))
    if name == "nvidia-smi":
        use = busy_percent(MACHINE) or 0
        sys.stdout.write(f"{use:.0f}, {GPU_MIB_USED}, {GPU_MIB}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
