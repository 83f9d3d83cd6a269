"""OpenAI's chat and text completions, whole and as a stream of events.

The role stands in the first token's event and the reason in the last one's, so that there are as many events as
tokens. Engines differ there: vLLM sends the role in an event of its own.
"""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.engine.answers.interface import Answer, text_of, word, words

DONE = b"data: [DONE]\n\n"
_MARK, _MARKED = "\0", b"\\u0000"
"""A text that stands nowhere else, and how JSON writes it."""


class _OpenAI:
    """What both have in common; `max_tokens` is the older word for chats, and the only one for texts."""

    whole_object: str
    piece_object: str

    def tokens(self, body: dict[str, Any]) -> object:
        found = body.get("max_completion_tokens")
        return body.get("max_tokens") if found is None else found

    def streams(self, body: dict[str, Any]) -> bool:
        return bool(body.get("stream"))

    def whole(self, answer: Answer) -> Any:
        choice = {"index": 0, **self._text(words(answer.tokens)), "finish_reason": "length"}
        head = self._head(answer, self.whole_object)
        return {**head, "choices": [choice], "usage": answer.usage()}

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        """Those between the first and the last differ in their text only, and are written out once."""
        before, _, after = self._event(answer, _MARK, first=False, last=False).partition(_MARKED)
        for number in range(answer.tokens):
            first, last = number == 0, number == answer.tokens - 1
            if first or last:
                yield self._event(answer, word(number), first=first, last=last)
            else:
                yield before + word(number).encode() + after

    def closing(self, answer: Answer) -> bytes:
        options = answer.body.get("stream_options")
        if not (isinstance(options, dict) and options.get("include_usage")):
            return DONE
        head = self._head(answer, self.piece_object)
        return event({**head, "choices": [], "usage": answer.usage()}) + DONE

    def _event(self, answer: Answer, text: str, *, first: bool, last: bool) -> bytes:
        reason = "length" if last else None
        choice = {"index": 0, **self._part(text, first=first), "finish_reason": reason}
        return event({**self._head(answer, self.piece_object), "choices": [choice]})

    def _head(self, answer: Answer, kind: str) -> dict[str, Any]:
        return {
            "id": answer.identifier,
            "object": kind,
            "created": answer.created,
            "model": answer.model,
        }

    def _text(self, text: str) -> dict[str, Any]:
        raise NotImplementedError

    def _part(self, text: str, *, first: bool) -> dict[str, Any]:
        raise NotImplementedError


class ChatForm(_OpenAI):
    """`/v1/chat/completions`."""

    whole_object = "chat.completion"
    piece_object = "chat.completion.chunk"

    def prompt(self, body: dict[str, Any]) -> str:
        """Of all messages."""
        return text_of(body, "messages")

    def _text(self, text: str) -> dict[str, Any]:
        return {"message": {"role": "assistant", "content": text}}

    def _part(self, text: str, *, first: bool) -> dict[str, Any]:
        role = {"role": "assistant"} if first else {}
        return {"delta": {**role, "content": text}}


class TextForm(_OpenAI):
    """`/v1/completions`."""

    whole_object = "text_completion"
    piece_object = "text_completion"

    def prompt(self, body: dict[str, Any]) -> str:
        """A text, or tokens."""
        return text_of(body, "prompt")

    def _text(self, text: str) -> dict[str, Any]:
        return {"text": text}

    def _part(self, text: str, *, first: bool) -> dict[str, Any]:  # noqa: ARG002
        return {"text": text}


def event(content: Any) -> bytes:
    """One server-sent event with this JSON."""
    return b"data: " + json.dumps(content, separators=(",", ":")).encode() + b"\n\n"
