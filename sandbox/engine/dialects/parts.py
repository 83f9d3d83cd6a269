"""Words that several dialects share."""

from typing import Any


def openai_error(status: int, text: str) -> Any:
    """As vLLM and llama.cpp put it; SGLang says the same without the outer object."""
    return {"error": {"message": text, "type": kind(status), "param": None, "code": status}}


def huggingface_error(status: int, text: str) -> Any:
    """TEI's and TGI's."""
    return {"error": text, "error_type": _HUGGINGFACE_KINDS.get(status, "backend")}


def kind(status: int) -> str:
    """OpenAI's word for what went wrong."""
    return _KINDS.get(status, "InternalServerError")


_KINDS = {400: "BadRequestError", 404: "NotFoundError", 503: "ServiceUnavailableError"}
_HUGGINGFACE_KINDS = {422: "validation", 429: "overloaded", 503: "unhealthy"}
