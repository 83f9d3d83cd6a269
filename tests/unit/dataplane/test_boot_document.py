"""The boot document: canonical, of one shape, without live values or secrets."""

import copy
import json
from typing import Any

import pytest

from dataplane.bootstrap.boot_document import BootDocumentError, render_boot_document
from tests.unit.dataplane.machine import boot_parts


def test_equal_content_gives_equal_text() -> None:
    parts = boot_parts()
    turned: dict[str, Any] = {
        key: dict(reversed(value.items())) if isinstance(value, dict) else value
        for key, value in reversed(boot_parts().items())
    }
    assert render_boot_document(**parts) == render_boot_document(**turned)


def test_reads_back_as_it_was_given() -> None:
    parts = boot_parts()
    document = json.loads(render_boot_document(**parts))
    for name in ("engine", "repositories", "hub", "machine", "gateway"):
        assert document[name] == parts[name]
    assert json.loads(document["stack"]["configuration_key"]) == {
        "pk": {"S": "llama-8b#config"},
        "sk": {"S": "config"},
    }


def test_a_tuple_is_as_good_as_a_list() -> None:
    parts = boot_parts()
    parts["engine"]["arguments"] = tuple(parts["engine"]["arguments"])
    assert render_boot_document(**parts) == render_boot_document(**boot_parts())


LIVE = ["allow", "cidrs", "max_request_seconds", "max_body_bytes", "min_replicas", "tags", "mode"]


@pytest.mark.parametrize("key", LIVE)
@pytest.mark.parametrize("part", ["engine", "machine", "stack", "gateway", "hub"])
def test_live_values_have_no_place(part: str, key: str) -> None:
    parts = boot_parts()
    parts[part][key] = 1
    with pytest.raises(BootDocumentError, match=rf"^{part}\.{key}: unknown key$"):
        render_boot_document(**parts)


BAD: list[tuple[tuple[Any, ...], Any, str]] = [
    (("engine", "image"), "vllm:latest", "engine.image: found 'vllm:latest', must be an image by"),
    (("engine", "port"), True, "engine.port: found True, must be a whole number, 1 to 65535"),
    (("engine", "port"), 0, "engine.port: found 0, must be"),
    (("engine", "routes"), [], "engine.routes: found [], must be a list of at least 1"),
    (("engine", "env"), {"A B": "x"}, "engine.env key: found 'A B', must be a variable's name"),
    (("engine", "env"), {"A": 1}, "engine.env.A: found 1, must be text"),
    (("engine", "arguments"), ["a\0b"], "engine.arguments[0]: found 'a\\x00b', must be text"),
    (("engine", "secrets"), {"A": "a b"}, "engine.secrets.A: found 'a b', must be a name"),
    (("engine", "health_route"), None, "engine.health_route: found None, must be an absolute path"),
    (("repositories",), [], "repositories: found [], must be a list of at least 1"),
    (("repositories", 0, "commit"), "main", "repositories[0].commit: found 'main', must be 40"),
    (
        ("repositories", 0, "files", 0, "path"),
        "../etc/passwd",
        "repositories[0].files[0].path: found '../etc/passwd', must be a relative path",
    ),
    (("hub", "endpoint"), "http://hub.test", "hub.endpoint: found 'http://hub.test', must be an"),
    (("machine", "accelerator_kind"), "tpu", "machine.accelerator_kind: found 'tpu', must"),
    (("stack", "configuration_key"), {}, "stack.configuration_key: found '{}', must be the key's"),
    (("gateway",), {}, "gateway.image: missing"),
]


@pytest.mark.parametrize(("path", "value", "line"), BAD, ids=[case[2] for case in BAD])
def test_says_what_is_wrong(path: tuple[Any, ...], value: Any, line: str) -> None:
    parts = copy.deepcopy(boot_parts())
    place: Any = parts
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    with pytest.raises(BootDocumentError) as refused:
        render_boot_document(**parts)
    assert str(refused.value).startswith(line)


def test_says_everything_at_once() -> None:
    parts = boot_parts()
    parts["repositories"] += parts["repositories"]
    parts["engine"]["port"] = -1
    del parts["hub"]["endpoint"]
    with pytest.raises(BootDocumentError) as refused:
        render_boot_document(**parts)
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == [
        "engine.port",
        "hub.endpoint",
        "repositories",
    ]
