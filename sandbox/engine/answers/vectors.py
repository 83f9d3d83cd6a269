"""Embeddings, rankings, classes and scores. The numbers are derived from the texts: the same text, the same number."""

import zlib
from typing import Any

from sandbox.engine.answers.interface import BadBody, Model, text_of, texts_of, token_count

DIMENSIONS = 8
LABELS = ("LABEL_0", "LABEL_1")


def openai_embeddings(model: Model, body: dict[str, Any]) -> Any:
    """`/v1/embeddings`."""
    texts = texts_of(body, "input")
    data = [
        {"object": "embedding", "index": index, "embedding": _vector(text)}
        for index, text in enumerate(texts)
    ]
    return {"object": "list", "data": data, "model": model.names[0], "usage": _usage(texts)}


def pooling(model: Model, body: dict[str, Any]) -> Any:
    """vLLM's `/pooling`."""
    found = openai_embeddings(model, body)
    data = [
        {"object": "pooling", "index": i["index"], "data": i["embedding"]} for i in found["data"]
    ]
    return {**found, "data": data}


def jina_rerank(model: Model, body: dict[str, Any]) -> Any:
    """`/v1/rerank` of vLLM, SGLang and llama.cpp, as Jina's and Cohere's."""
    query, documents = text_of(body, "query"), texts_of(body, "documents")
    results = [
        {"index": index, "document": {"text": text}, "relevance_score": score}
        for index, text, score in _ranked(query, documents)
    ]
    return {"model": model.names[0], "results": results, "usage": _usage([query, *documents])}


def openai_classify(model: Model, body: dict[str, Any]) -> Any:
    """vLLM's `/classify`."""
    texts = texts_of(body, "input")
    data = []
    for index, text in enumerate(texts):
        score = _score(text)
        probabilities = [score, 1 - score]
        label = LABELS[probabilities.index(max(probabilities))]
        data.append({"index": index, "label": label, "probs": probabilities, "num_classes": 2})
    return {"object": "list", "model": model.names[0], "data": data, "usage": _usage(texts)}


def openai_score(model: Model, body: dict[str, Any]) -> Any:
    """`/v1/score`: pairs of texts."""
    first, second = texts_of(body, "text_1"), texts_of(body, "text_2")
    if len(first) == 1:
        first = first * len(second)
    if len(first) != len(second):
        raise BadBody("text_1, text_2: one to many, or pairs")
    data = [
        {"object": "score", "index": index, "score": _score(a + b)}
        for index, (a, b) in enumerate(zip(first, second, strict=True))
    ]
    usage = _usage([*first, *second])
    return {"object": "list", "model": model.names[0], "data": data, "usage": usage}


def tei_embed(_model: Model, body: dict[str, Any]) -> Any:
    """`/embed`: a vector a text."""
    return [_vector(text) for text in texts_of(body, "inputs")]


def tei_embed_all(_model: Model, body: dict[str, Any]) -> Any:
    """`/embed_all`: a vector a token."""
    return [
        [_vector(f"{text}{number}") for number in range(token_count(text))]
        for text in texts_of(body, "inputs")
    ]


def tei_embed_sparse(_model: Model, body: dict[str, Any]) -> Any:
    """`/embed_sparse`: the places that are not zero."""
    return [
        [{"index": index, "value": value} for index, value in enumerate(_vector(text))]
        for text in texts_of(body, "inputs")
    ]


def tei_predict(_model: Model, body: dict[str, Any]) -> Any:
    """`/predict`: classes of one text, or of each of a batch; the likeliest first."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list):
        return _classes(text_of(body, "inputs"))
    return [_classes(text) for text in texts_of(body, "inputs")]


def tei_rerank(_model: Model, body: dict[str, Any]) -> Any:
    """`/rerank`: the nearest text first."""
    ranked = _ranked(text_of(body, "query"), texts_of(body, "texts"))
    return [
        {"index": index, **({"text": text} if body.get("return_text") else {}), "score": score}
        for index, text, score in ranked
    ]


def tei_similarity(_model: Model, body: dict[str, Any]) -> Any:
    """`/similarity`: of one sentence to several."""
    inputs = body.get("inputs")
    if not isinstance(inputs, dict):
        raise BadBody("inputs: source_sentence and sentences are required")
    source = text_of(inputs, "source_sentence")
    return [_score(source + text) for text in texts_of(inputs, "sentences")]


def toolkit_predict(_model: Model, body: dict[str, Any]) -> Any:
    """A pipeline's answer, here a classifier's."""
    return _classes(text_of(body, "inputs"))


def _vector(text: str) -> list[float]:
    return [_score(f"{number}{text}") for number in range(DIMENSIONS)]


def _score(text: str) -> float:
    """Between 0 and 1."""
    return zlib.crc32(text.encode()) % 10_000 / 10_000


def _classes(text: str) -> list[dict[str, Any]]:
    score = _score(text)
    found = [{"score": score, "label": LABELS[0]}, {"score": 1 - score, "label": LABELS[1]}]
    return sorted(found, key=lambda one: -float(one["score"]))


def _ranked(query: str, texts: list[str]) -> list[tuple[int, str, float]]:
    scored = [(index, text, _score(query + text)) for index, text in enumerate(texts)]
    return sorted(scored, key=lambda one: -one[2])


def _usage(texts: list[str]) -> dict[str, int]:
    tokens = sum(token_count(text) for text in texts)
    return {"prompt_tokens": tokens, "total_tokens": tokens}
