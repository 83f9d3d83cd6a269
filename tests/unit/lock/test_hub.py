"""The Hub through huggingface_hub: true models are locked, and every broken answer says what to do."""

import dataclasses
import json
from urllib.parse import urlunsplit

import httpx2
import pytest

from homeport.errors import LockError
from homeport.lock.hub import Hub
from homeport.lock.outside import within_bounds
from homeport.lock.records import LockedRepository
from homeport.lock.wanted import WantedRepository
from sandbox.hub.models import known_models
from sandbox.hub.server import HubTransport, hub_server
from tests.unit.lock.broken_hub import CASES, BrokenTransport, Case, described, sibling

WANTED = WantedRepository(
    role="model", repository="Qwen/Qwen3-8B", revision="main", path="model.repository"
)
TOKEN = "hf_" + "t" * 34


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_ENDPOINT", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def _lock(repository: str, **fields: object) -> LockedRepository:
    wanted = dataclasses.replace(WANTED, repository=repository, **fields)  # type: ignore[arg-type]
    return Hub(transport=HubTransport()).resolve(wanted)[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_broken_hub(case: Case) -> None:
    transport, pauses = BrokenTransport(case.breaks), list[float]()
    seconds = 0.2 if case.title == "drips for ever" else 60.0
    hub = Hub(transport=transport, pause=pauses.append, seconds_max=seconds)
    with pytest.raises(LockError) as caught:
        hub.resolve(WANTED)
    assert (caught.value.path, caught.value.found, caught.value.fix) == (
        case.path,
        case.found,
        case.fix,
    )
    assert transport.requests == case.requests
    assert all(pause <= 30 for pause in pauses)


def test_a_hub_that_recovers_is_asked_again() -> None:
    left = [503, 429]

    def breaks(_request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        return httpx2.Response(left.pop(), headers={"retry-after": "3"}) if left else answer

    pauses = list[float]()
    hub = Hub(transport=BrokenTransport(breaks), pause=pauses.append)
    assert hub.resolve(WANTED)[0].repository == "Qwen/Qwen3-8B"
    assert pauses == [3.0, 3.0]


@pytest.mark.parametrize("repository", known_models())
def test_every_known_model_is_locked(repository: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    locked = _lock(repository)
    assert locked.origin == "sandbox"
    assert len(locked.commit) == 40
    assert locked.weight_form in ("safetensors", "gguf")
    assert locked.size_bytes > 1_000_000
    assert locked.metadata.architectures or locked.metadata.model_type
    assert not [file for file in locked.files if file.path == "README.md"]


def test_a_configuration_is_kept_with_its_parts() -> None:
    metadata = _lock("Qwen/Qwen3-VL-8B-Instruct").metadata
    assert metadata.task == "image-text-to-text"
    assert metadata.architectures == ("Qwen3VLForConditionalGeneration",)
    assert metadata.config["text_config.hidden_size"] == 4096
    assert _lock("Qwen/Qwen3-30B-A3B").metadata.config["num_experts"] == 128
    assert _lock("Qwen/Qwen3-8B-AWQ").metadata.quantization == "awq"
    assert _lock("openai/whisper-large-v3").metadata.task == "automatic-speech-recognition"


def test_a_gguf_file_is_chosen_by_quantization() -> None:
    repository = "bartowski/Llama-3.2-3B-Instruct-GGUF"
    locked = _lock(repository)
    assert [file.path for file in locked.files] == ["Llama-3.2-3B-Instruct-Q4_0.gguf"]
    assert locked.gguf_file == "Llama-3.2-3B-Instruct-Q4_0.gguf"
    with pytest.raises(LockError) as caught:
        _lock(repository, quantization="Q2_K")
    assert caught.value.allowed == "one that the repository has: Q4_0"


def test_shards_of_a_gguf_file_belong_together() -> None:
    def shard(description: dict[str, object]) -> None:
        whole = sibling(description, "model.safetensors")
        files = [f"big-Q4_K_M-0000{n}-of-00002.gguf" for n in (1, 2)]
        names = [*files, "big-Q8_0.gguf", "mmproj-F16.gguf", "README.md", "config.json"]
        small = {one["rfilename"]: one for one in description["siblings"]}  # type: ignore[attr-defined]
        description["siblings"] = [
            small.get(name) or {**whole, "rfilename": name} for name in names
        ]

    hub = Hub(transport=BrokenTransport(described(shard)))
    locked = hub.resolve(WANTED)[0]
    assert [file.path for file in locked.files] == [
        "big-Q4_K_M-00001-of-00002.gguf",
        "big-Q4_K_M-00002-of-00002.gguf",
        "config.json",
    ]
    assert locked.gguf_file == "big-Q4_K_M-00001-of-00002.gguf"


def test_code_of_another_repository_is_pinned_too() -> None:
    def breaks(request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        borrowed = "Qwen/Qwen3-32B" in request.url.path
        if request.url.path.startswith("/api/"):
            description = json.loads(answer.read())
            code = {**sibling(description, "config.json"), "rfilename": "modeling.py"}
            description["siblings"].append(code)
            for one in description["siblings"]:
                one.pop("blobId")
            if not borrowed:
                sibling(description, "config.json")["size"] = len(configuration)
            return httpx2.Response(200, content=json.dumps(description))
        return answer if borrowed and "config" in request.url.path else _code(answer)

    configuration = json.dumps({"auto_map": {"AutoModel": "Qwen/Qwen3-32B--modeling.Model"}})

    def _code(answer: httpx2.Response) -> httpx2.Response:
        return httpx2.Response(
            200, content=configuration if answer.status_code == 200 else b"x" * 488
        )

    model, code = Hub(transport=BrokenTransport(breaks)).resolve(WANTED)
    assert (model.role, code.role, code.repository) == ("model", "code", "Qwen/Qwen3-32B")
    assert "modeling.py" in {file.path for file in code.files}
    # The borrowed Python is in the code's own folder, not beside the weights.
    assert "modeling.py" not in {file.path for file in model.files}


def test_a_gated_model_needs_a_token_with_access(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LockError) as caught:
        _lock("meta-llama/Llama-3.1-8B-Instruct")
    assert caught.value.found.endswith("which is gated, and no HF_TOKEN")
    monkeypatch.setenv("HF_TOKEN", "no token of the Hub")
    with pytest.raises(LockError) as caught:
        _lock("meta-llama/Llama-3.1-8B-Instruct")
    assert caught.value.found.endswith("HF_TOKEN's account has no access")
    assert "no token of the Hub" not in str(caught.value)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert _lock("meta-llama/Llama-3.1-8B-Instruct").gated


def test_a_missing_model_a_missing_revision_and_a_renamed_one() -> None:
    with pytest.raises(LockError) as caught:
        _lock("acme/not-there")
    assert caught.value.found == "acme/not-there, which the sandbox does not know"
    assert "BAAI/bge-small-en-v1.5, " in caught.value.allowed
    unmarked = BrokenTransport(lambda _, answer: httpx2.Response(404, headers={
        name: text for name, text in answer.headers.items() if name == "x-error-code"
    }))  # fmt: skip
    with pytest.raises(LockError) as caught:
        Hub(transport=unmarked).resolve(dataclasses.replace(WANTED, repository="acme/not-there"))
    assert caught.value.found == "acme/not-there, which huggingface.co does not know"
    assert "HF_TOKEN" in caught.value.fix
    with pytest.raises(LockError) as caught:
        _lock("Qwen/Qwen3-8B", revision="missing")
    assert (caught.value.path, caught.value.found) == (
        "model.revision",
        "missing, which Qwen/Qwen3-8B does not have",
    )
    with pytest.raises(LockError) as caught:
        _lock("meta-llama/Meta-Llama-3.1-8B-Instruct")
    assert caught.value.allowed == "its name of today: meta-llama/Llama-3.1-8B-Instruct"


@pytest.mark.parametrize("scheme", ["http", "ftp", ""])
def test_a_token_only_goes_to_a_safe_address(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address = urlunsplit((scheme, "mirror.example", "", "", ""))
    monkeypatch.setenv("HF_ENDPOINT", address.removeprefix("//"))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with pytest.raises(LockError, match="must be an https address") as caught:
        Hub()
    assert TOKEN not in str(caught.value)


def test_the_sandboxs_hub_answers_on_a_port_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with hub_server() as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        over_http = Hub().resolve(WANTED)
    monkeypatch.delenv("HF_ENDPOINT")
    assert over_http == Hub(transport=HubTransport()).resolve(WANTED)


def test_an_error_inside_comes_out_as_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        within_bounds(lambda: 1 // 0)
