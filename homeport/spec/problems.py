"""What the models refuse, as problems in the user's words."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from homeport.spec.hints import MISSING, TOO_SMALL, UNKNOWN_WORD, WORDS_OF_OTHERS
from homeport.spec.known_keys import keys_at, unknown_key_fix
from homeport.spec.paths import path_text
from homeport.spec.refusal import REFUSED, Refusal
from homeport.spec.shown import shown, shown_key
from homeport.spec.suggestions import nearest, one_of
from homeport.spec.yaml_slip import ReadPath


def refusals_of(
    error: ValidationError,
    model: type[BaseModel],
    prefix: str = "",
    *,
    only_refused: bool = False,
) -> Iterator[Refusal]:
    """Each error of `error` as a refusal at its path from the root of `model`.

    With `only_refused` those of our own validators alone.
    """
    errors = error.errors(include_url=False)
    misspelled = set(_misspelled(errors, model))
    for details in errors:
        path = _path(details)
        if details["type"] == REFUSED:
            for refusal in details.get("ctx", {})["refusals"]:
                yield refusal.below(path)
        elif not only_refused and not (details["type"] == "missing" and path in misspelled):
            found, allowed, fix = _words(details, path, model, prefix)
            yield Refusal(at=path, found=found, allowed=allowed, fix=fix)


def _path(details: ErrorDetails) -> ReadPath:
    return tuple(part for part in details["loc"] if part != "[key]")


def _misspelled(errors: Iterable[ErrorDetails], model: type[BaseModel]) -> Iterator[ReadPath]:
    """Paths that stand in the file with a slip of the keyboard: they are not missing too."""
    for details in errors:
        if details["type"] == "extra_forbidden":
            *parents, key = _path(details)
            near = nearest(str(key), keys_at(model, parents))
            if near:
                yield (*parents, near)


def _unknown_key(path: ReadPath, model: type[BaseModel], prefix: str) -> tuple[str, str, str]:
    shown_prefix = prefix if len(path) == 1 else ""
    return (
        f"the unknown key {shown_prefix}{shown_key(path[-1])}",
        one_of(keys_at(model, path[:-1])),
        unknown_key_fix(model, path, prefix),
    )


def _words(
    details: ErrorDetails, path: ReadPath, model: type[BaseModel], prefix: str
) -> tuple[str, str, str]:
    """Found, allowed, fix."""
    if details["type"] == "extra_forbidden":
        return _unknown_key(path, model, prefix)
    describe = _DESCRIPTIONS.get(details["type"], _other)
    return describe(details, prefix + path_text(path))


def _missing(_: ErrorDetails, where: str) -> tuple[str, str, str]:
    return "nothing", "given", MISSING.get(where, "add it")


def _not_text(details: ErrorDetails, _: str) -> tuple[str, str, str]:
    value = details["input"]
    if value is None:
        return "nothing", "a text", "write a text, or remove the line"
    if isinstance(value, int | float):
        return shown(value), "a text", f'write "{shown(value)}" in quotes'
    return shown(value), "a text", "write one text"


def _not_number(details: ErrorDetails, _: str) -> tuple[str, str, str]:
    value = details["input"]
    whole = details["type"] == "int_type"
    allowed = "a whole number" if whole else "a number"
    if isinstance(value, str) and re.fullmatch(r"[-+]?[0-9]{1,15}", value.strip()):
        return shown(value), allowed, f"write {int(value)} without quotes"
    if isinstance(value, float) and value.is_integer():
        return shown(value), allowed, f"write {int(value)}"
    return shown(value), allowed, "write a number" if value is not None else _WRITE_OR_REMOVE


def _not_truth(details: ErrorDetails, _: str) -> tuple[str, str, str]:
    value = details["input"]
    quoted = isinstance(value, str) and value.lower() in ("true", "false")
    fix = f"write {str(value).lower()} without quotes" if quoted else "write true or false"
    return shown(value), "true or false", fix


def _unknown_word(details: ErrorDetails, where: str) -> tuple[str, str, str]:
    value = details["input"]
    expected = details.get("ctx", {}).get("expected", "")
    words = re.findall(r"'([^']*)'", expected) or [expected]
    where = re.sub(r"\[[0-9]+\]", "", where)
    fix = UNKNOWN_WORD.get(where, "write one of them" if len(words) > 1 else f"write {words[0]}")
    if isinstance(value, str) and value == expected:
        fix = f"write {value} without quotes"
    elif isinstance(value, str):
        near = nearest(value, words)
        fix = WORDS_OF_OTHERS.get(where, {}).get(value) or (
            f"did you mean {near}?" if near else fix
        )
    return shown(value), one_of(words), fix


def _too_small(details: ErrorDetails, where: str) -> tuple[str, str, str]:
    limit = details.get("ctx", {})
    if "gt" in limit:
        return shown(details["input"]), "more than 0", "write a larger number"
    least = limit["ge"]
    return (
        shown(details["input"]),
        f"{least} or more",
        TOO_SMALL.get(where, f"write {least} or a larger number"),
    )


def _too_large(details: ErrorDetails, _: str) -> tuple[str, str, str]:
    most = details.get("ctx", {})["le"]
    most = int(most) if float(most).is_integer() else most
    return shown(details["input"]), f"{most} or less", f"write {most} or a smaller number"


def _not_mapping(details: ErrorDetails, _: str) -> tuple[str, str, str]:
    fix = "write its keys below it, indented" if details["input"] is not None else _WRITE_OR_REMOVE
    return shown(details["input"]), "a mapping", fix


def _not_list(details: ErrorDetails, _: str) -> tuple[str, str, str]:
    value: object = details["input"]
    fix = "begin each line with -" if isinstance(value, dict) else "write it in brackets: [...]"
    return shown(details["input"]), "a list", _WRITE_OR_REMOVE if value is None else fix


def _wrong_length(details: ErrorDetails, _: str) -> tuple[str, str, str]:
    limit: Mapping[str, Any] = details.get("ctx", {})
    value = details["input"]
    what = "characters" if isinstance(value, str) else "entries"
    if "min_length" in limit:
        return f"{len(value)} {what}", f"at least {limit['min_length']}", "add what is missing"
    return f"{len(value)} {what}", f"at most {limit['max_length']}", "remove what is too much"


def _other(details: ErrorDetails, _: str) -> tuple[str, str, str]:
    return shown(details["input"]), details["msg"], "see schema/endpoint.json"


_WRITE_OR_REMOVE = "write a value, or remove the line"
_DESCRIPTIONS: dict[str, Callable[[ErrorDetails, str], tuple[str, str, str]]] = {
    "missing": _missing,
    "string_type": _not_text,
    "int_type": _not_number,
    "float_type": _not_number,
    "bool_type": _not_truth,
    "literal_error": _unknown_word,
    "greater_than": _too_small,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_large,
    "model_type": _not_mapping,
    "dict_type": _not_mapping,
    "mapping_type": _not_mapping,
    "tuple_type": _not_list,
    "too_long": _wrong_length,
    "too_short": _wrong_length,
    "string_too_long": _wrong_length,
    "string_too_short": _wrong_length,
}
