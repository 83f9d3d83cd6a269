"""What an engine knows without its model: names, versions, tokens of a text.

Forms are those of the engines at the versions of `homeport/catalogue/engines`, read 2026-11-26 in their sources;
fields that no client of ours reads are left out.
"""

from collections.abc import Callable
from typing import Any

from sandbox.engine.answers.interface import Model, text_of, texts_of


def openai_models(owner: str) -> Callable[[Model, dict[str, Any]], Any]:
    """`/v1/models`: every served name."""

    def models(model: Model, _body: dict[str, Any]) -> Any:
        data = [
            {"id": name, "object": "model", "created": 0, "owned_by": owner, "root": model.path}
            for name in model.names
        ]
        return {"object": "list", "data": data}

    return models


def version(number: str) -> Callable[[Model, dict[str, Any]], Any]:
    """vLLM's `/version`."""
    return lambda _model, _body: {"version": number}


def sglang_model_info(model: Model, _body: dict[str, Any]) -> Any:
    """SGLang's `/model_info`."""
    return {"model_path": model.path, "tokenizer_path": model.path, "is_generation": True}


def huggingface_info(number: str) -> Callable[[Model, dict[str, Any]], Any]:
    """`/info` of TEI and TGI."""
    return lambda model, _body: {"model_id": model.names[0], "model_sha": None, "version": number}


def tokenize(field: str) -> Callable[[Model, dict[str, Any]], Any]:
    """Numbers of a text's pieces; `field` holds the text, where a chat has messages instead."""

    def tokens(_model: Model, body: dict[str, Any]) -> Any:
        text = text_of(body, "messages" if "messages" in body else field)
        found = _tokens(text)
        return {"tokens": found, "count": len(found)}

    return tokens


def detokenize(_model: Model, _body: dict[str, Any]) -> Any:
    """A text; not the one that was tokenized."""
    return {"prompt": "word", "content": "word", "text": "word"}


def tgi_tokenize(_model: Model, body: dict[str, Any]) -> Any:
    """Pieces of one text."""
    return _pieces(text_of(body, "inputs"))


def tei_tokenize(_model: Model, body: dict[str, Any]) -> Any:
    """Pieces of each text, also of one."""
    return [_pieces(text) for text in texts_of(body, "inputs")]


def tei_decode(_model: Model, body: dict[str, Any]) -> Any:
    """A text for each list of numbers."""
    return ["word" for _ in texts_of(body, "ids")]


def chat_prompt(_model: Model, body: dict[str, Any]) -> Any:
    """llama.cpp's `/apply-template`, and the text of TGI's `/chat_tokenize`."""
    text = text_of(body, "messages")
    return {"prompt": text, "templated_text": text, "tokenize_response": _tokens(text)}


def _tokens(text: str) -> list[int]:
    """One for four characters."""
    return [sum(text[at : at + 4].encode()) for at in range(0, len(text), 4)]


def _pieces(text: str) -> list[dict[str, Any]]:
    return [
        {"id": number, "text": text[4 * at : 4 * at + 4], "start": 4 * at}
        for at, number in enumerate(_tokens(text))
    ]
