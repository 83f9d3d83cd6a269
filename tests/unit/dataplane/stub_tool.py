"""Stands for a command of the machine that a test must not run: records the call, answers from files.

`stub_tool.py NAME ARGUMENTS...`; the folder in STUB_WORLD holds what the outside would answer.
"""

import json
import os
import re
import shutil
import sys
from pathlib import Path

WORLD = Path(os.environ["STUB_WORLD"])


def say(text: str) -> None:
    sys.stdout.write(text)


def option(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def once(name: str) -> bool:
    """True at the first call with this name."""
    marker = WORLD / "markers" / re.sub(r"[^A-Za-z0-9]", "_", name)
    if marker.exists():
        return False
    marker.parent.mkdir(exist_ok=True)
    marker.touch()
    return True


def marked(name: str) -> bool:
    return (WORLD / "markers" / re.sub(r"[^A-Za-z0-9]", "_", name)).exists()


def aws(arguments: list[str]) -> int:
    match arguments[:2]:
        case ["s3", "cp"]:
            source = arguments[-2].removeprefix("s3://")
            shutil.copy(WORLD / "s3" / source, arguments[-1])
        case ["secretsmanager", "get-secret-value"]:
            say((WORLD / "secrets" / option(arguments, "--secret-id")).read_text())
        case ["dynamodb", "get-item"]:
            item = WORLD / "item.json"
            say(item.read_text() if item.exists() else "")
        case ["ecr", "get-login-password"]:
            say("registryPassword")
        case ["logs", "put-log-events"]:
            events = option(arguments, "--log-events")
            if events.startswith("file://"):
                shutil.copy(events.removeprefix("file://"), WORLD / "log-events.json")
    return 0


def curl(arguments: list[str]) -> int:
    if "--unix-socket" in arguments:
        if "/stats" in arguments[-1]:
            say(f"http.ingress.downstream_rq_active: {2 if once('in flight') else 0}")
        return 0
    if "--header" in arguments:
        shutil.copy(option(arguments, "--header").removeprefix("@"), WORLD / "header-sent")
    text = Path(option(arguments, "--config")).read_text()
    for url, output in re.findall(r'url = "(.*)"\noutput = "(.*)"', text):
        answer = WORLD / "hub" / url.removeprefix("https://hub.test/")
        data = answer.read_bytes()
        target = Path(output)
        target.parent.mkdir(parents=True, exist_ok=True)
        have = target.stat().st_size if target.exists() else 0
        # The first transfer of a marked file breaks off half way.
        end = len(data) // 2 if answer.name.startswith("breaks") and once(url) else len(data)
        with target.open("ab") as file:
            file.write(data[have:end])
    return 0


def docker(arguments: list[str]) -> int:
    match arguments[:2]:
        case ["image", "inspect"]:
            if not marked(f"pulled {arguments[-1]}"):
                return 1
            image = json.loads((WORLD / "image.json").read_text())
            say(image["Config"]["User"] if "--format" in arguments else json.dumps([image]))
        case ["container", "inspect"]:
            say("false" if (WORLD / "gateway-gone").exists() else "true")
        case ["network", "inspect"]:
            return 0 if marked("network") else 1
        case ["network", "create"]:
            once("network")
        case ["pull", _]:
            once(f"pulled {arguments[-1]}")
        case ["login", _]:
            sys.stdin.read()
    return 0


def main(name: str, arguments: list[str]) -> int:
    call = {"tool": name, "argv": arguments, "environment": list(os.environ.values())}
    with (WORLD / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps(call) + "\n")
    if name in ("aws", "curl", "docker"):
        return {"aws": aws, "curl": curl, "docker": docker}[name](arguments)
    if name in ("iptables", "ip6tables"):
        rule = f"{name} {arguments[2:]}"
        return int(not marked(rule)) if "--check" in arguments else int(not once(rule))
    if name == "mountpoint":
        return 0 if marked(f"mounted {arguments[-1]}") or (WORLD / "dlami").exists() else 1
    if name == "mount":
        once(f"mounted {arguments[-1]}")
    if name == "blkid":
        return 0 if marked(f"formatted {arguments[-1]}") else 2
    if name == "mkfs.xfs":
        once(f"formatted {arguments[-1]}")
    if name in ("lsblk", "journalctl"):
        answer = WORLD / f"{name}.txt"
        say(answer.read_text() if answer.exists() else "")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
