"""Read one YAML document of a user's file: plain data, the line of every path, and all that is refused.

Built on the parser's events, so that no alias is ever expanded, no tag ever builds an object, and
nesting ends before any recursion hurts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from homeport.spec.shown import shown, shown_key
from homeport.spec.yaml_problems import syntax_slip
from homeport.spec.yaml_scalars import Ambiguous, plain_value
from homeport.spec.yaml_slip import ReadPath, Slip

_EventReader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it, which is about ten times as fast; the events are the same."""
BYTES_MAX = 256 * 1024
"""Of one file. The longest real spec is about 4 KiB."""
DEPTH_MAX = 16
"""The deepest real path, `homeport:machineImages.cpu.id`, has 4 levels."""
_INVISIBLE_LINE_ENDS = "\x85\u2028\u2029"
"""Line ends to YAML 1.1 only: an editor's line numbers would differ from ours."""
SLIPS_MAX = 50
"""A file with more is not nearly a spec; the first fifty say enough."""


@dataclass(kw_only=True)
class Document:
    """What was read. Where a slip hides a value, None stands in its place."""

    value: Any = None
    lines: dict[ReadPath, int] = field(default_factory=dict[ReadPath, int])
    """Path -> line from 1: of a key where there is one, else of the item."""
    slips: list[Slip] = field(default_factory=list[Slip])
    hidden: list[ReadPath] = field(default_factory=list[ReadPath])
    """Paths whose values could not be read and have no slip of their own."""

    @property
    def hidden_paths(self) -> set[ReadPath]:
        """Every path whose value could not be read."""
        return {*self.hidden, *(slip.path for slip in self.slips if slip.hides)}

    def line_of(self, path: ReadPath) -> int:
        """The line of the path's nearest part that stands in the file."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1

    @property
    def was_read(self) -> bool:
        """False where the file as a whole could not be read."""
        return () not in self.hidden_paths


def read_document(data: bytes) -> Document:
    """Read `data`; never raises: everything that is wrong becomes a slip."""
    document = Document()
    text = _decoded(data, document.slips)
    if text is not None:
        try:
            _Reader(_EventReader(text).get_event, document).read()
        except yaml.YAMLError as error:
            document.slips.append(syntax_slip(error, text))
        except _TooMuch:
            pass
    return document


def _decoded(data: bytes, slips: list[Slip]) -> str | None:
    if len(data) > BYTES_MAX:
        slips.append(
            Slip(
                found=f"more than {BYTES_MAX // 1024} KiB",
                allowed=f"a file of at most {BYTES_MAX // 1024} KiB",
                fix="remove what is no spec or setting",
            )
        )
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        slips.append(
            Slip(
                line=data.count(b"\n", 0, error.start) + 1,
                found=f"the byte 0x{data[error.start]:02x}, which is not UTF-8",
                allowed="text in UTF-8",
                fix="save the file as UTF-8",
            )
        )
        return None
    at = min((text.index(end) for end in _INVISIBLE_LINE_ENDS if end in text), default=None)
    if at is not None:
        slips.append(
            Slip(
                line=text.count("\n", 0, at) + 1,
                found=f"the invisible line end U+{ord(text[at]):04X}",
                allowed="lines that end as usual",
                fix="remove the character",
            )
        )
        return None
    return text


class _TooMuch(Exception):
    """Reading on is of no use."""


class _Reader:
    """One pass over the events; recursion ends at `DEPTH_MAX`."""

    def __init__(self, next_event: Callable[[], Any], document: Document) -> None:
        self._next = next_event
        self._document = document
        self._has_anchors = False

    def read(self) -> None:
        """Fill the document. Raises `yaml.YAMLError` and `_TooMuch`."""
        self._next()  # stream start
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return
        self._document.value = self._value(self._next(), (), 1)
        self._next()  # document end
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            self._slip(
                event,
                (),
                hides=False,
                found="a second document",
                allowed="one document in a file",
                fix="remove the line `---` and what follows, or make it a file of its own",
            )

    def _value(self, event: Any, path: ReadPath, depth: int) -> Any:
        line = event.start_mark.line + 1
        self._document.lines.setdefault(path, line)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, yaml.AliasEvent):
            self._refuse_anchor(event, path, hides=True)
            return None
        self._refuse_properties(event, path)
        if depth > DEPTH_MAX:
            self._slip(
                event,
                (),
                found=f"more than {DEPTH_MAX} levels",
                allowed=f"at most {DEPTH_MAX} levels of lists and mappings",
                fix="remove the inner ones",
            )
            raise _TooMuch
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path, depth)
        return self._mapping(path, depth)

    def _scalar(self, event: Any, path: ReadPath) -> Any:
        self._refuse_properties(event, path)
        if event.style or event.tag is not None:  # quoted, a block, or refused
            return event.value
        value = plain_value(event.value)
        if isinstance(value, Ambiguous):
            self._slip(event, path, found=value.found, allowed=value.allowed, fix=value.fix)
            return None
        return value

    def _sequence(self, path: ReadPath, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items)), depth + 1))
        return items

    def _mapping(self, path: ReadPath, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        lines = self._document.lines
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, path, depth)
            child = (*path, key)
            if key in items:
                self._slip(
                    event,
                    child,
                    hides=False,
                    found=f"{shown_key(key)} again, first in line {lines[child]}",
                    allowed="each key once",
                    fix="remove one of the two",
                )
                self._value(self._next(), (*path, f"{key} (again)"), depth + 1)
                continue
            lines[child] = event.start_mark.line + 1
            items[key] = self._value(self._next(), child, depth + 1)
        return items

    def _key(self, event: Any, path: ReadPath, depth: int) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._slip(
                event, path, found="a key that is no text", allowed="a text", fix="write a word"
            )
            self._value(event, (*path, "?"), depth + 1)
            return "?"
        self._refuse_properties(event, path)
        if event.style or event.value == "":
            return event.value
        if event.value == "<<":
            self._slip(
                event,
                (*path, "<<"),
                found="a merge key",
                allowed="every value written where it counts",
                fix="write the values out",
            )
            return event.value
        value = plain_value(event.value)
        if not isinstance(value, str):
            found = shown(value) if not isinstance(value, Ambiguous) else event.value[:60]
            self._slip(
                event,
                (*path, event.value),
                found=f"the key {found} without quotes",
                allowed="a text",
                fix=f'write "{event.value[:60]}" in quotes',
            )
        return event.value

    def _refuse_properties(self, event: Any, path: ReadPath) -> None:
        if event.anchor is not None:
            self._refuse_anchor(event, path, hides=False)
        if event.tag is not None:
            self._slip(
                event,
                path,
                found="a tag (!)",
                allowed="plain YAML without tags",
                fix="remove the tag; quote the value if it is a text",
            )

    def _refuse_anchor(self, event: Any, path: ReadPath, *, hides: bool) -> None:
        """Said once a file: a bomb has thousands."""
        if self._has_anchors:
            self._document.hidden.append(path)
            return
        self._has_anchors = True
        self._slip(
            event,
            path,
            found="an anchor (&) or alias (*)",
            allowed="every value written where it counts",
            fix="write the value out; quote it if it is a text that begins with & or *",
            hides=hides,
        )

    def _slip(
        self,
        event: Any,
        path: ReadPath,
        *,
        found: str,
        allowed: str,
        fix: str,
        hides: bool = True,
    ) -> None:
        slips = self._document.slips
        line = event.start_mark.line + 1
        slips.append(Slip(line=line, path=path, found=found, allowed=allowed, fix=fix, hides=hides))
        if len(slips) >= SLIPS_MAX:
            raise _TooMuch
