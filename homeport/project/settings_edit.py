"""Change one key of a stack's settings file and leave everything else as it stands, comments too."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from homeport.errors import SettingsError
from homeport.lock.writer import replace_file
from homeport.spec import MachineImage

KEY = "homeport:machineImages"


def write_machine_images(path: Path, images: Mapping[str, MachineImage]) -> None:
    """Set `homeport:machineImages` in the settings at `path`, whole or not at all.

    Roles that `images` does not name stay. Raises `SettingsError` where the file cannot be written.
    """
    yaml: Any = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 120
    document = yaml.load(path.read_text("utf-8"))
    known = document["config"].setdefault(KEY, {})
    for role, image in images.items():
        # The date as a text: YAML's own dates are not what the settings hold.
        known[role] = {"id": image.id, "date": image.date}
        if image.origin != "cloud":
            known[role]["origin"] = image.origin
    text = io.StringIO()
    yaml.dump(document, text)
    try:
        replace_file(path, text.getvalue().encode())
    except OSError as error:
        raise SettingsError(
            path="machineImages",
            found=error.strerror or "a file that cannot be written",
            allowed="a settings file that can be written",
            fix=f"check the permissions of {path.parent.name}",
        ) from None
