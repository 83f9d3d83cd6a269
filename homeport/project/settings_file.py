"""A stack's settings, and what the other stacks' say of places."""

from pathlib import Path

from homeport.errors import SettingsError
from homeport.project.layout import settings_path, stack_names
from homeport.project.reading import collected, read_bytes, shown_path
from homeport.spec import StackSettings
from homeport.spec.against import StackOf
from homeport.spec.parse import parse_settings
from homeport.spec.yaml_source import SettingsSource


def load_settings(root: Path, stack: str) -> StackSettings:
    """The settings of a stack. Raises `SettingsError`s, located."""
    return parse_settings(settings_source(root, stack))


def settings_source(root: Path, stack: str) -> SettingsSource:
    """The settings' bytes and name. Raises `SettingsError` where they cannot be read."""
    path = settings_path(root, stack)
    return SettingsSource(file=shown_path(root, path), data=read_bytes(root, path, SettingsError))


def other_stacks(root: Path) -> StackOf:
    """Looks for a stack at a place; reads the other stacks' settings only when asked."""

    def stack_of(cloud: str, region: str | None) -> str | None:
        for name in stack_names(root):
            settings = collected([], lambda name=name: load_settings(root, name))
            if settings is None or settings.cloud != cloud:
                continue
            if region in (None, settings.region):
                return name
        return None

    return stack_of
