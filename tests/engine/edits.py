"""Every field of a spec and of the settings, edited once: the rows of docs/edit-table.md.

The edits follow one another on one stack, so that each starts from what the last one left.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.engine.stack_project import StackProject

SETTINGS = """\
config:
  homeport:sandbox: true
  homeport:cloud: aws
  homeport:account: "123456789012"
  homeport:region: us-east-1
  homeport:domain: endpoints.example.com
  homeport:zone: ZSANDBOX000000000001
  homeport:network: {create: 10.20.0.0/16, zones: [us-east-1a, us-east-1b], nat: one}
  homeport:allow: [org/acme]
  homeport:tokenSecret: hf-token
  homeport:machineImages:
    cpu: {id: ami-0c0c0c0c0c0c0c0c0, date: "2026-11-01", origin: sandbox}
    nvidia: {id: ami-0d0d0d0d0d0d0d0d0, date: "2026-11-01", origin: sandbox}
"""

SPECS = {
    "embed": """\
version: 1
name: embed
model: {repository: BAAI/bge-small-en-v1.5, revision: main}
compute: {accelerator: cpu, count: 2}
access: {mode: public}
""",
    "chat": """\
version: 1
name: chat
model: {repository: meta-llama/Llama-3.1-8B-Instruct}
engine: {contextLength: 8192}
compute: {accelerator: nvidia-l4, count: 1}
replicas: {min: 1, max: 2, scaleOn: {gpu: 80}}
access: {mode: protected}
""",
    "vault": """\
version: 1
name: vault
model: {repository: meta-llama/Llama-3.1-8B-Instruct}
engine: {contextLength: 8192}
compute: {accelerator: nvidia-l4, count: 1}
access: {mode: private, consumers: ["111122223333"]}
""",
}

Change = Callable[[StackProject], None]
REMOVE = object()


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One edit of the files."""

    field: str
    what: str
    """The edit in words."""
    change: Change
    lock: bool = False
    """True where the edit asks for a new lock."""


def write_base(project: StackProject) -> None:
    """The stack that the first edit starts from."""
    project.settings_file.write_text(SETTINGS)
    for name, text in SPECS.items():
        project.spec_file(name).write_text(text)


def _set(path: Path, dotted: str, value: Any) -> None:
    yaml = YAML()
    document = yaml.load(path)
    *parents, last = dotted.split(".")
    place = document
    for parent in parents:
        place = place.setdefault(parent, {})
    if value is REMOVE:
        del place[last]
    else:
        place[last] = value
    yaml.dump(document, path)


def _spec(endpoint: str, field: str, value: Any, what: str = "", *, lock: bool = False) -> Edit:
    words = what or f"{'removed' if value is REMOVE else value}"
    return Edit(
        field=field,
        what=f"{endpoint}: {words}",
        change=lambda project: _set(project.spec_file(endpoint), field, value),
        lock=lock,
    )


def _setting(key: str, value: Any, what: str = "") -> Edit:
    section = "config"

    def change(project: StackProject) -> None:
        yaml = YAML()
        document = yaml.load(project.settings_file)
        first, *rest = key.split(".")
        place, last = document[section], f"homeport:{first}"
        for part in rest:
            place, last = place.setdefault(last, {}), part
        if value is REMOVE:
            del place[last]
        else:
            place[last] = value
        yaml.dump(document, project.settings_file)

    return Edit(field=f"homeport:{key}", what=what or f"{value}", change=change)


def _rename(old: str, new: str) -> Edit:
    def change(project: StackProject) -> None:
        project.spec_file(old).rename(project.spec_file(new))
        lock = project.spec_file(old).with_suffix(".lock.json")
        lock.rename(project.spec_file(new).with_suffix(".lock.json"))
        _set(project.spec_file(new), "name", new)

    return Edit(field="name", what=f"{old} renamed to {new}", change=change)


def _remove(endpoint: str) -> Edit:
    def change(project: StackProject) -> None:
        project.spec_file(endpoint).unlink()
        project.spec_file(endpoint).with_suffix(".lock.json").unlink()

    return Edit(field="(file)", what=f"{endpoint}.yaml removed", change=change)


def _add(endpoint: str, like: str) -> Edit:
    def change(project: StackProject) -> None:
        text = project.spec_file(like).read_text().replace(f"name: {like}", f"name: {endpoint}")
        project.spec_file(endpoint).write_text(text)

    return Edit(field="(file)", what=f"{endpoint}.yaml added", change=change, lock=True)


EDITS = (
    _spec("chat", "replicas.max", 3),
    _spec("chat", "replicas.min", 0),
    _spec("chat", "replicas.scaleToZeroAfter", "15m"),
    _spec("chat", "replicas.scaleOn", {"gpu": 70}, "gpu 80 -> 70"),
    _spec("chat", "replicas.scaleOn", {"pending": 1.5}, "gpu -> pending 1.5"),
    _spec("chat", "replicas.scaleOn", {"cpu": 60}, "pending -> cpu 60"),
    _spec("chat", "access.allow", ["org/acme", "user/jane"]),
    _spec("chat", "access.cidrs", ["203.0.113.0/24"]),
    _spec("chat", "access.maxRequestSeconds", 600),
    _spec("chat", "access.maxBodyMebibytes", 16),
    _spec("chat", "tags", {"team": "search"}),
    _spec("chat", "compliance", ["zero-retention"]),
    _spec("chat", "engine.args", ["--enable-prefix-caching"]),
    _spec("chat", "engine.env", {"VLLM_LOGGING_LEVEL": "WARNING"}),
    _spec("chat", "engine.secrets", {"SEARCH_KEY": "search-key"}),
    _spec("chat", "engine.contextLength", 4096),
    _spec("chat", "engine.name", "vllm", "auto -> vllm, which auto had chosen", lock=True),
    _spec("chat", "engine.quantization", "fp8", lock=True),
    _spec("chat", "engine.speculative", {"method": "ngram", "tokens": 4}, lock=True),
    _spec("chat", "compute.instanceType", "g6.xlarge"),
    _spec("chat", "compute.capacity", "spot"),
    _spec("chat", "compute.capacity", "on-demand"),
    _spec("embed", "compute.count", 4),
    _spec("embed", "model.revision", "v1.5", lock=True),
    _spec("embed", "model.task", "sentence-similarity", lock=True),
    _spec("embed", "model.repository", "intfloat/multilingual-e5-small", lock=True),
    _spec("vault", "compute", {"accelerator": "nvidia-a10g"}, "nvidia-l4 -> nvidia-a10g"),
    _spec("vault", "compute.region", "us-east-1", "the stack's own"),
    _spec("vault", "compute.cloud", "aws", "the stack's own"),
    _spec("vault", "model.weights", "hub", "written out"),
    _spec("vault", "access.consumers", ["111122223333", "444455556666"], "one more"),
    _spec("embed", "access", {"mode": "protected"}, "public -> protected"),
    _spec("embed", "access", {"mode": "public"}, "protected -> public"),
    _spec(
        "embed", "access", {"mode": "private", "consumers": ["111122223333"]}, "public -> private"
    ),
    _spec("embed", "access", {"mode": "protected"}, "private -> protected"),
    _setting("listenerPorts", {"vault": 20001}),
    _setting("allow", ["org/acme", "org/umbrella"]),
    _setting("holdSlots", 5),
    _setting("reserveConcurrency", True),
    _setting("reserveConcurrency", False),
    _setting("tokenStaleSeconds", 600),
    _setting("logRetentionDays", 60),
    _setting("alarms", {"email": "ml-platform@example.com"}),
    _setting("tokenSecret", "hf-token-2"),
    _setting("machineImages.nvidia.id", "ami-0e0e0e0e0e0e0e0e0", "a newer image"),
    _setting("network.zones", ["us-east-1a", "us-east-1b", "us-east-1c"], "a third zone"),
    _setting("network.nat", "per-zone"),
    _setting("protect", True, "false -> true"),
    _setting("protect", False, "true -> false"),
    _add("twin", like="chat"),
    _rename("twin", "other"),
    _remove("other"),
)
"""In the order in which they are made."""
