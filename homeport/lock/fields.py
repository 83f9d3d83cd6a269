"""Take an object of a lock apart: each key once, with the right kind of value, and none left over."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from homeport.errors import LockError
from homeport.lock.json_text import refusal, shown_key

_TEXT_MAX = 512
_LIST_MAX = 20_000
_SHOWN_MAX = 60

COMMIT = re.compile(r"[0-9a-f]{40}")
SHA256 = re.compile(r"[0-9a-f]{64}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
REPOSITORY = re.compile(r"[A-Za-z0-9_][\w.-]{0,95}/[A-Za-z0-9_][\w.-]{0,95}", re.ASCII)
IMAGE_TAG = re.compile(
    r"[a-zA-Z0-9][a-zA-Z0-9._:-]*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)


class Fields:
    """One object; every `take_*` asks for a key, and `close` refuses the keys nobody asked for.

    Errors go to `errors`, so that all of a file are seen at once; a take that failed returns a value
    of the right kind that nobody uses.
    """

    def __init__(self, value: Any, path: str, errors: list[LockError]) -> None:
        self.path = path
        self.errors = errors
        self._rest: dict[str, Any] = {}
        if isinstance(value, dict):
            self._rest = dict(cast("dict[str, Any]", value))
            self._usable = True
        else:
            self._usable = False
            errors.append(refusal(path, kind(value), "an object"))

    def at(self, key: str) -> str:
        """Path of `key`."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, found: str, allowed: str) -> None:
        """Note an error at `key`."""
        self.errors.append(refusal(self.at(key), found, allowed))

    def take(self, key: str, allowed: str) -> Any:
        """The value as it is; None, with an error, where the key is missing."""
        if key in self._rest:
            return self._rest.pop(key)
        if self._usable:
            self.refuse(key, "nothing", allowed)
        return None

    def take_text(self, key: str, allowed: str, pattern: re.Pattern[str] | None = None) -> str:
        """A line of text, whole match of `pattern` where given."""
        missing = key not in self._rest
        value = self.take(key, allowed)
        if missing:
            return ""
        if not isinstance(value, str) or not value:
            self.refuse(key, kind(value), allowed)
        elif len(value) > _TEXT_MAX or not value.isprintable():
            self.refuse(key, f"{len(value)} characters, or control characters", allowed)
        elif pattern is not None and not pattern.fullmatch(value):
            self.refuse(key, shown(value), allowed)
        else:
            return value
        return ""

    def take_word(self, key: str, words: tuple[str, ...]) -> str:
        """One of `words`."""
        allowed = " or ".join(words)
        missing = key not in self._rest
        value = self.take(key, allowed)
        if missing or (isinstance(value, str) and value in words):
            return value or words[0]
        self.refuse(key, shown(value) if isinstance(value, str) else kind(value), allowed)
        return words[0]

    def take_text_or_null(self, key: str) -> str | None:
        """A line of text; None where the key is null or left out."""
        if self._rest.get(key) is None:
            self._rest.pop(key, None)
            return None
        return self.take_text(key, "a line of text, or null")

    def take_whole(self, key: str, minimum: int, maximum: int) -> int:
        """A whole number within bounds."""
        allowed = f"a whole number, {minimum} to {maximum}"
        missing = key not in self._rest
        value = self.take(key, allowed)
        if isinstance(value, int) and not isinstance(value, bool) and minimum <= value <= maximum:
            return value
        if not missing:
            self.refuse(key, shown_number(value), allowed)
        return minimum

    def take_boolean(self, key: str) -> bool:
        """True or false."""
        missing = key not in self._rest
        value = self.take(key, "true or false")
        if isinstance(value, bool):
            return value
        if not missing:
            self.refuse(key, kind(value), "true or false")
        return False

    def take_objects(self, key: str, minimum: int) -> Iterator["Fields"]:
        """The objects of a list."""
        allowed = f"a list of at least {minimum}" if minimum else "a list"
        missing = key not in self._rest
        value = self.take(key, allowed)
        if not isinstance(value, list):
            if not missing:
                self.refuse(key, kind(value), allowed)
            return
        entries = cast("list[Any]", value)
        if not minimum <= len(entries) <= _LIST_MAX:
            self.refuse(key, f"{len(entries)} entries", f"{minimum} to {_LIST_MAX} entries")
            return
        for position, entry in enumerate(entries):
            yield Fields(entry, f"{self.at(key)}[{position}]", self.errors)

    def take_object(self, key: str) -> "Fields":
        """An object, to be taken apart in its turn."""
        if key not in self._rest:
            self.take(key, "an object")
            return Fields({}, self.at(key), [])
        return Fields(self._rest.pop(key), self.at(key), self.errors)

    def take_texts(self, key: str) -> tuple[str, ...]:
        """A list of short texts, possibly empty."""
        allowed = "a list of texts"
        missing = key not in self._rest
        value = self.take(key, allowed)
        if missing:
            return ()
        entries = cast("list[Any]", value) if isinstance(value, list) else None
        if entries is None or len(entries) > 64 or not all(_is_word(entry) for entry in entries):
            self.refuse(key, kind(value), allowed)
            return ()
        return tuple(entries)

    def take_mapping(self, key: str) -> Mapping[str, Any] | None:
        """An object with keys of its own; None where it is null or left out."""
        value = self._rest.pop(key, None)
        if value is None:
            return None
        if isinstance(value, dict) and len(cast("dict[str, Any]", value)) <= 256:
            return cast("dict[str, Any]", value)
        self.refuse(key, kind(value), "an object of at most 256 keys, or null")
        return None

    def close(self) -> None:
        """Refuse every key that was not taken."""
        for key in self._rest:
            self.refuse(shown_key(key), "an unknown key", "only keys of this version")


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 128 and value.isprintable()


def shown(value: str) -> str:
    """A text of the file as errors may show it."""
    return value if len(value) <= _SHOWN_MAX else f"{value[:_SHOWN_MAX]}... ({len(value)} long)"


def shown_number(value: Any) -> str:
    """A number of the file as errors may show it, or the kind of what stands in its place."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) if abs(value) < 1e18 else "a number beyond all sizes"
    return kind(value)


def kind(value: Any) -> str:
    """What a JSON value is, in words."""
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number"}
    names |= {str: "an empty text" if value == "" else "a text", list: "a list", dict: "an object"}
    return names[type(value)]
