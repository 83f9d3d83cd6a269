"""Each engine's dialect: what our catalogue plans for it is what the stand-in answers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from homeport.catalogue import LaunchRequest, engine
from sandbox.engine.dialects import DIALECTS
from tests.unit.sandbox.engine_process import CHAT, COMMANDS, running_engine

TASKS = {"tei": "sentence-embeddings", "toolkit": "text-classification"}
# Of the catalogue, what the stand-in has no answer for: speech, and two more forms of chat.
LEFT_OUT = {
    ("POST", "/v1/responses"),
    ("POST", "/v1/messages"),
    ("POST", "/v1/audio/transcriptions"),
    ("POST", "/v1/audio/translations"),
    ("GET", "/*"),
    ("POST", "/*"),
}
# Families of each engine's own text, as its sources name them; see the dialects for where that is.
FAMILIES = {
    "vllm": {
        "vllm:num_requests_running", "vllm:num_requests_waiting", "vllm:num_requests_waiting_by_reason",
        "vllm:kv_cache_usage_perc", "vllm:prefix_cache_queries_total", "vllm:prefix_cache_hits_total",
        "vllm:num_preemptions_total", "vllm:prompt_tokens_total", "vllm:generation_tokens_total",
        "vllm:request_success_total", "vllm:request_prompt_tokens", "vllm:request_generation_tokens",
        "vllm:time_to_first_token_seconds", "vllm:e2e_request_latency_seconds", "vllm:request_queue_time_seconds",
    },
    "sglang": {
        "sglang:num_running_reqs", "sglang:num_queue_reqs", "sglang:token_usage", "sglang:cache_hit_rate",
        "sglang:prompt_tokens_total", "sglang:generation_tokens_total", "sglang:num_requests_total",
        "sglang:time_to_first_token_seconds", "sglang:e2e_request_latency_seconds", "sglang:queue_time_seconds",
    },
    "llamacpp": {
        "llamacpp:prompt_tokens_total", "llamacpp:tokens_predicted_total", "llamacpp:n_decode_total",
        "llamacpp:requests_processing", "llamacpp:requests_deferred", "llamacpp:n_busy_slots_per_decode",
    },
    "tei": {
        "te_request_count", "te_request_success", "te_request_failure", "te_queue_size", "te_request_duration",
        "te_request_queue_duration", "te_request_input_length",
    },
    "tgi": {
        "tgi_batch_current_size", "tgi_queue_size", "tgi_request_count", "tgi_request_success",
        "tgi_request_failure", "tgi_request_duration", "tgi_request_queue_duration", "tgi_request_input_length",
        "tgi_request_generated_tokens",
    },
    "toolkit": {"inf_batch_current_size", "inf_queue_size"},
}  # fmt: skip
LINE = re.compile(r'([a-z_:0-9]+)(\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? [0-9.e+-]+')


def test_every_engine_of_the_catalogue_has_a_dialect() -> None:
    assert set(DIALECTS) == set(COMMANDS)
    assert all(engine(name).name == name for name in DIALECTS)


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_routes_are_those_of_the_catalogue(name: str) -> None:
    dialect, planned = DIALECTS[name], engine(name)
    known = {*dialect.routes, *(("GET", path) for path in dialect.health)}
    asked = {(one.method, one.path) for one in planned.routes}
    assert asked - known <= LEFT_OUT
    assert not known & LEFT_OUT
    assert planned.health_route in dialect.health
    assert dialect.metrics_route == planned.metrics_route


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_speaks_as_planned(name: str, tmp_path: Path) -> None:
    planned = engine(name)
    task = TASKS.get(name, "text-generation")
    launch = planned.launch(
        LaunchRequest(
            model_path="/repository",
            weights_file="model.gguf",
            served_names=("chat", "acme/chat-8b"),
            task=task,
            accelerator="cpu",
            accelerator_count=0,
        )
    )
    first = planned.first_request(task, "chat")
    with running_engine(tmp_path, name, launch.arguments) as one:
        assert one.ask("GET", planned.health_route)[0] == 200
        status, body = one.ask(first.method, first.path, (first.body or "").encode() or None)
        assert status == 200
        # A health route of a custom container may well have nothing more to say.
        assert body or name == "custom"
        assert one.ask("POST", "/no/such/route", {})[0] == 404
        if planned.metrics_route is None:
            assert one.ask("GET", "/metrics")[0] == 404
        else:
            _check_metrics(name, one.ask("GET", planned.metrics_route)[1].decode())
        for gauge in (planned.pending_metric, planned.running_metric):
            if gauge is not None:
                assert one.gauge(gauge) == 0


def _check_metrics(name: str, text: str) -> None:
    lines = text.splitlines()
    families = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    if name == "toolkit":
        families = {line.split()[0] for line in lines}
    assert families == FAMILIES[name]
    samples = [line for line in lines if not line.startswith("#")]
    assert [line for line in samples if not LINE.fullmatch(line)] == []
    suffix = r"_(?:bucket|count|sum)$"
    named = {re.sub(suffix, "", line.split("{")[0].split()[0]) for line in samples}
    # Two families end as a part of a histogram does: TGI's and TEI's counters of requests.
    assert {re.sub(suffix, "", family) for family in families} == named


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("vllm", ["chat", "acme/chat-8b"]),
        ("sglang", ["chat"]),
        ("llamacpp", ["acme/chat-8b", "chat"]),
        ("tgi", ["/repository"]),
        ("tei", ["chat"]),
    ],
)
def test_served_names_come_from_the_engines_own_arguments(name: str, names: list[str]) -> None:
    assert list(DIALECTS[name].model(COMMANDS[name]).names) == names


@pytest.mark.parametrize(
    ("name", "command", "names"),
    [
        ("vllm", ("vllm", "serve", "/repository", "--port", "8000"), ("/repository",)),
        ("vllm", ("--model", "/m", "--served-model-name=a", "--port", "1"), ("a",)),
        ("llamacpp", ("-m", "/repository/m.gguf"), ("m.gguf",)),
        ("sglang", ("--model-path=/m",), ("/m",)),
    ],
)
def test_other_ways_to_say_a_name(name: str, command: tuple[str, ...], names: tuple[str]) -> None:
    assert DIALECTS[name].model(command).names == names


def test_places_and_grace_come_from_the_engines_own_arguments() -> None:
    vllm = DIALECTS["vllm"]
    assert (vllm.places(()), vllm.places(("--max-num-seqs", "4"))) == (256, 4)
    assert (vllm.grace_seconds(()), vllm.grace_seconds(("--shutdown-timeout", "60"))) == (0, 60)
    assert DIALECTS["llamacpp"].places(("--parallel", "2")) == 2
    assert DIALECTS["tgi"].most_requests(("--max-concurrent-requests", "3")) == 3


def _events(body: bytes) -> list[Any]:
    parts = body.decode().removesuffix("\n\n").split("\n\n")
    return [
        part if part == "data: [DONE]" else json.loads(part.removeprefix("data: "))
        for part in parts
    ]


def test_openai(tmp_path: Path) -> None:
    with running_engine(tmp_path) as one:
        assert [m["id"] for m in json.loads(one.ask("GET", "/v1/models?x=1")[1])["data"]] == [
            "chat", "acme/chat-8b",
        ]  # fmt: skip
        whole = json.loads(one.chat()[1])
        assert whole["choices"][0]["message"] == {
            "role": "assistant",
            "content": "word0 word1 word2 ",
        }
        assert whole["usage"] == {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}

        *pieces, done = _events(one.chat(stream=True)[1])
        deltas = [piece["choices"][0]["delta"] for piece in pieces]
        assert "".join(delta["content"] for delta in deltas) == "word0 word1 word2 "
        assert [delta.get("role") for delta in deltas] == ["assistant", None, None]
        assert [p["choices"][0]["finish_reason"] for p in pieces] == [None, None, "length"]
        assert done == "data: [DONE]"
        *_, usage, _ = _events(one.chat(stream=True, stream_options={"include_usage": True})[1])
        assert (usage["choices"], usage["usage"]["completion_tokens"]) == ([], 3)

        text = {"model": "acme/chat-8b", "prompt": "Once", "max_tokens": 2}
        assert (
            json.loads(one.ask("POST", "/v1/completions", text)[1])["choices"][0]["text"]
            == "word0 word1 "
        )
        *pieces, _ = _events(one.ask("POST", "/v1/completions", {**text, "stream": True})[1])
        assert [piece["choices"][0]["text"] for piece in pieces] == ["word0 ", "word1 "]

        found = json.loads(
            one.ask("POST", "/v1/embeddings", {"model": "chat", "input": ["a", "b", "a"]})[1]
        )
        vectors = [data["embedding"] for data in found["data"]]
        assert vectors[0] == vectors[2] != vectors[1]

        assert one.gauge("vllm:generation_tokens_total") == 3 * 3 + 2 * 2 + 1
        assert one.gauge("vllm:request_success_total") == 6


def test_refusals(tmp_path: Path) -> None:
    with running_engine(tmp_path) as one:
        status, body = one.chat(model="gpt-4")
        assert (status, json.loads(body)["error"]["type"]) == (404, "NotFoundError")
        assert one.chat(max_tokens=0)[0] == 400
        assert one.chat(max_tokens="many")[0] == 400
        assert one.chat(messages=[])[0] == 400
        assert one.ask("POST", CHAT, b"[1]")[0] == 400
        assert one.ask("POST", CHAT, b"{")[0] == 400
        assert one.executed() == []
        # It serves on after each of them.
        assert one.chat()[0] == 200


def test_tgi_in_its_own_words(tmp_path: Path) -> None:
    with running_engine(tmp_path, "tgi") as one:
        body = {"inputs": "Once", "parameters": {"max_new_tokens": 2}}
        assert json.loads(one.ask("POST", "/generate", body)[1]) == {
            "generated_text": "word0 word1 "
        }
        assert json.loads(one.ask("POST", "/", body)[1]) == [{"generated_text": "word0 word1 "}]
        first, last = _events(one.ask("POST", "/generate_stream", body)[1])
        assert (first["token"]["text"], first["generated_text"]) == ("word0 ", None)
        assert last["generated_text"] == "word0 word1 "
        assert one.ask("POST", "/generate", {"parameters": {}})[0] == 422


def test_tei_in_its_own_words(tmp_path: Path) -> None:
    with running_engine(tmp_path, "tei") as one:
        vectors = json.loads(one.ask("POST", "/embed", {"inputs": ["a", "b"]})[1])
        assert [len(vector) for vector in vectors] == [8, 8]
        ranks = json.loads(one.ask("POST", "/rerank", {"query": "q", "texts": ["a", "b", "c"]})[1])
        assert sorted(rank["index"] for rank in ranks) == [0, 1, 2]
        assert [r["score"] for r in ranks] == sorted((r["score"] for r in ranks), reverse=True)
        classes = json.loads(one.ask("POST", "/predict", {"inputs": "good"})[1])
        assert {one["label"] for one in classes} == {"LABEL_0", "LABEL_1"}
        assert one.gauge("te_request_success") == 3


def test_llamacpp_and_sglang_in_their_own_words(tmp_path: Path) -> None:
    with running_engine(tmp_path, "llamacpp") as one:
        (listed,) = json.loads(one.ask("GET", "/v1/models")[1])["data"]
        assert (listed["id"], listed["aliases"]) == ("acme/chat-8b", ["acme/chat-8b", "chat"])
        body = {"prompt": "Once", "n_predict": 2}
        assert json.loads(one.ask("POST", "/completion", body)[1])["content"] == "word0 word1 "
        stream = _events(one.ask("POST", "/completion", {**body, "stream": True})[1])
        assert [piece["stop"] for piece in stream] == [False, True]
    with running_engine(tmp_path, "sglang") as one:
        body = {"text": "Once", "sampling_params": {"max_new_tokens": 2}, "stream": True}
        *pieces, _ = _events(one.ask("POST", "/generate", body)[1])
        assert [piece["text"] for piece in pieces] == ["word0 ", "word0 word1 "]


@pytest.mark.parametrize("name", ["sglang", "llamacpp"])
def test_no_metrics_unless_asked_for(name: str, tmp_path: Path) -> None:
    with running_engine(tmp_path, name, ("--model", "/repository/m")) as one:
        assert one.ask("GET", "/metrics")[0] == 404
