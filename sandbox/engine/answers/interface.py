"""The three kinds of routes: what an engine knows, what it computes in one step, what it generates token by token."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol


class BadBody(Exception):
    """A request that an engine refuses; the text is for the caller."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """What the command line says is served."""

    names: tuple[str, ...]
    """The first is the main one."""
    path: str
    """Of the weights, as the engine was told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One answer, as far as it is settled before its first token."""

    identifier: str
    created: int
    model: str
    prompt_tokens: int
    tokens: int
    body: dict[str, Any]
    """The request's."""

    def usage(self) -> dict[str, int]:
        """OpenAI's block of counts."""
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.tokens,
            "total_tokens": self.prompt_tokens + self.tokens,
        }


class Form(Protocol):
    """How an answer of tokens is asked for and written."""

    def prompt(self, body: dict[str, Any]) -> str:
        """The text to go on from. Raises BadBody."""
        ...

    def tokens(self, body: dict[str, Any]) -> object:
        """The largest number that is asked for; None where the request names none."""
        ...

    def streams(self, body: dict[str, Any]) -> bool:
        """Whether the answer is to come as events."""
        ...

    def whole(self, answer: Answer) -> Any:
        """The answer in one piece."""
        ...

    def pieces(self, answer: Answer) -> Iterator[bytes]:
        """One event for every token, made when it is asked for; the last says why the answer ends."""
        ...

    def closing(self, answer: Answer) -> bytes:
        """What follows the last token; may be empty."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """A question about the server: answered at once, without a place in the batch."""

    content: Callable[[Model, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Computed:
    """One step of the model, such as a vector: it takes the time of one token."""

    content: Callable[[Model, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Generated:
    """Token by token."""

    form: Form


Route = Told | Computed | Generated


def word(number: int) -> str:
    """Text of token `number`: one can tell which are missing."""
    return f"word{number} "


def words(tokens: int) -> str:
    """The whole text."""
    return "".join(word(number) for number in range(tokens))


def token_count(text: str) -> int:
    """Four characters a token, as it is for English with today's tokenizers; at least one."""
    return max(1, len(text) // 4)


def text_of(body: dict[str, Any], field: str) -> str:
    """A text, or several, of the body as one. Raises BadBody where it is missing."""
    found = body.get(field)
    if isinstance(found, str):
        return found
    if isinstance(found, list | dict) and found:
        return str(found)
    raise BadBody(f"{field}: a text is required")


def texts_of(body: dict[str, Any], field: str) -> list[str]:
    """One text or several. Raises BadBody where there is none."""
    found = body.get(field)
    if isinstance(found, str):
        return [found]
    if isinstance(found, list) and found:
        return [one if isinstance(one, str) else str(one) for one in found]
    raise BadBody(f"{field}: a text or a list of texts is required")
