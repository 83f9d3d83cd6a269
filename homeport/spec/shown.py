"""A value of the user's file as an error shows it: short, unambiguous, and never a secret."""

import json
import re

from homeport.spec.secret_values import REDACTED, looks_like_a_secret

_PLAIN = re.compile(r"[A-Za-z0-9_./:@+*-]+")
_READS_AS_ANOTHER_TYPE = re.compile(
    r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|true|false|null|yes|no|on|off", re.I
)
_LONGEST = 60


def shown(value: object) -> str:
    """`value` in the words of a YAML writer; texts are quoted where they could be misread."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return shown_text(value)
        case dict():
            return "a mapping" if value else "an empty mapping"
        case list() | tuple():
            return "a list" if value else "an empty list"
        case _:
            return f"a {type(value).__name__}"


def shown_text(text: str) -> str:
    """A text, cut at 60 characters, quoted unless it is a plain word; a secret only as such."""
    if looks_like_a_secret(text):
        return REDACTED
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
    if _PLAIN.fullmatch(cut) and not _READS_AS_ANOTHER_TYPE.fullmatch(cut):
        return cut
    return json.dumps(cut, ensure_ascii=False)


def shown_key(key: object) -> str:
    """A key as a part of a path; quoted only where it holds a dot, a blank or worse."""
    text = str(key)
    if looks_like_a_secret(text):
        return "<a key that looks like a secret>"
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
    return cut if re.fullmatch(r"[\w:/@+-]+", cut) else json.dumps(cut, ensure_ascii=False)
