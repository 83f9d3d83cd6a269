"""Generation in the engines' own words: TGI's, llama.cpp's and SGLang's.

Sources, read 2026-11-26: text-generation-inference router/src/server.rs and docs/source/reference/api_reference.md;
llama.cpp b11243 tools/server/server-task.cpp (`to_json_non_oaicompat`); sglang 0.5.21 srt/managers/io_struct.py and
tokenizer_manager.py. Fields that no client of ours reads are left out.
"""

from collections.abc import Iterator
from typing import Any

from sandbox.engine.answers.interface import Answer, text_of, word, words
from sandbox.engine.answers.openai import DONE, event


class TgiForm:
    """`/generate`, `/generate_stream` and `/`."""

    def __init__(self, *, streams: bool | None, listed: bool) -> None:
        """`streams` None: the body says so; `listed`: the whole answer is a list, as of `/`."""
        self._streams, self._listed = streams, listed

    def prompt(self, body: dict[str, Any]) -> str:
        """The word for it is `inputs`."""
        return text_of(body, "inputs")

    def tokens(self, body: dict[str, Any]) -> object:
        """Among the parameters."""
        parameters = body.get("parameters")
        return parameters.get("max_new_tokens") if isinstance(parameters, dict) else None

    def streams(self, body: dict[str, Any]) -> bool:
        """By the route, or by the body."""
        return bool(body.get("stream")) if self._streams is None else self._streams

    def whole(self, answer: Answer) -> Any:
        """Without details."""
        text = {"generated_text": words(answer.tokens)}
        return [text] if self._listed else text

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        """The last one holds the whole text; no word says that the stream ends."""
        for number in range(answer.tokens):
            last = number == answer.tokens - 1
            token = {"id": number, "text": word(number), "logprob": 0.0, "special": False}
            text = words(answer.tokens) if last else None
            yield event(
                {"index": number + 1, "token": token, "generated_text": text, "details": None}
            )

    def closing(self, answer: Answer) -> bytes:  # noqa: ARG002
        """Nothing."""
        return b""


class LlamaForm:
    """`/completion`, and `/infill` with the text before and after the gap."""

    def __init__(self, field: str) -> None:
        """Field of the body that holds the text."""
        self._field = field

    def prompt(self, body: dict[str, Any]) -> str:
        """A text, or tokens."""
        return text_of(body, self._field)

    def tokens(self, body: dict[str, Any]) -> object:
        """-1, without an end, is the engine's own default."""
        found = body.get("n_predict")
        return None if found == -1 else found

    def streams(self, body: dict[str, Any]) -> bool:
        """The body says so."""
        return bool(body.get("stream"))

    def whole(self, answer: Answer) -> Any:
        """The counts are flat."""
        return {
            "content": words(answer.tokens),
            "stop": True,
            "stop_type": "limit",
            "model": answer.model,
            "tokens_predicted": answer.tokens,
            "tokens_evaluated": answer.prompt_tokens,
        }

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        """The last one says `stop`; no word follows it."""
        for number in range(answer.tokens):
            last = number == answer.tokens - 1
            yield event({"index": 0, "content": word(number), "stop": last})

    def closing(self, answer: Answer) -> bytes:  # noqa: ARG002
        """Nothing."""
        return b""


class SglangForm:
    """`/generate`; every event holds the whole text so far."""

    def prompt(self, body: dict[str, Any]) -> str:
        """A text, or tokens."""
        return text_of(body, "input_ids" if "input_ids" in body else "text")

    def tokens(self, body: dict[str, Any]) -> object:
        """Among the sampling parameters."""
        parameters = body.get("sampling_params")
        return parameters.get("max_new_tokens") if isinstance(parameters, dict) else None

    def streams(self, body: dict[str, Any]) -> bool:
        """The body says so."""
        return bool(body.get("stream"))

    def whole(self, answer: Answer) -> Any:
        """As the last event of the stream."""
        return self._so_far(answer, answer.tokens)

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        """They grow with every token."""
        for number in range(answer.tokens):
            yield event(self._so_far(answer, number + 1))

    def closing(self, answer: Answer) -> bytes:  # noqa: ARG002
        """As OpenAI's."""
        return DONE

    def _so_far(self, answer: Answer, tokens: int) -> dict[str, Any]:
        ends = {"type": "length", "length": answer.tokens} if tokens == answer.tokens else None
        return {
            "text": words(tokens),
            "meta_info": {
                "id": answer.identifier,
                "finish_reason": ends,
                "prompt_tokens": answer.prompt_tokens,
                "completion_tokens": tokens,
            },
        }
