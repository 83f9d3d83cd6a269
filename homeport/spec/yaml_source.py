"""A user's file that can say where its paths stand."""

from dataclasses import dataclass, field
from functools import cached_property

from homeport.spec.paths import path_parts, path_text
from homeport.spec.yaml_reader import Document, read_document
from homeport.spec.yaml_slip import ReadPath

SETTINGS_SECTION = "config"
SETTINGS_PREFIX = "homeport:"


@dataclass(frozen=True, kw_only=True)
class YamlSource:
    """One file's name and bytes. Lines are found only when an error asks for them."""

    file: str
    """Name to show, relative to the project's root."""
    data: bytes = field(repr=False)

    @cached_property
    def _document(self) -> Document:
        return read_document(self.data)

    def locate(self, path: str) -> tuple[str, int | None]:
        """`path` as it is, and the line of its nearest part that stands in the file."""
        return path, self.line_of(path_parts(path))

    def line_of(self, path: ReadPath) -> int:
        """The line of the path's nearest part that stands in the file."""
        return self._document.line_of(path)


@dataclass(frozen=True, kw_only=True)
class SettingsSource(YamlSource):
    """A stack's settings file, whose paths begin with `homeport:` and stand below `config`."""

    def locate(self, path: str) -> tuple[str, int | None]:
        """`network.zones` and `homeport:network.zones` are the same place."""
        parts = path_parts(path.removeprefix(SETTINGS_PREFIX))
        if not parts:
            return "", 1
        parts = (f"{SETTINGS_PREFIX}{parts[0]}", *parts[1:])
        return path_text(parts), self.line_of((SETTINGS_SECTION, *parts))
