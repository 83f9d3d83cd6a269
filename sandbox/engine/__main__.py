"""`python -m sandbox.engine`: one engine in the foreground, until SIGTERM.

Ends with 0 after SIGTERM, with 2 for arguments or settings that cannot be used, and as the settings' faults say.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from sandbox.engine.dialects import DIALECTS
from sandbox.engine.replacement import VARIABLE, ReplacementError, replacement
from sandbox.engine.server import Place, serve
from sandbox.engine.settings import SettingsError


def main(arguments: list[str]) -> int:
    """The exit code; does not return where a real server takes the place."""
    place = _place(arguments)
    try:
        if template := os.environ.get(VARIABLE):
            model = place.dialect.model(place.command).names[0]
            words = replacement(template, address=place.address, port=place.port, model=model)
            os.execvp(words[0], words)  # noqa: S606 - that is what the variable asks for
        return asyncio.run(serve(place))
    except (SettingsError, ReplacementError, OSError) as error:
        print(f"engine: {error}", file=sys.stderr)
        return 2


def _place(arguments: list[str]) -> Place:
    parser = argparse.ArgumentParser(prog="python -m sandbox.engine", description=__doc__)
    parser.add_argument("--engine", required=True, choices=sorted(DIALECTS))
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="default: a free one, which is printed")
    parser.add_argument(
        "--settings", type=Path, required=True, help="JSON, see sandbox/engine/settings.py"
    )
    parser.add_argument("command", nargs="*", help="after `--`: the engine's own command line")
    found = parser.parse_args(arguments)
    return Place(
        dialect=DIALECTS[found.engine],
        address=found.address,
        port=found.port,
        command=tuple(found.command),
        settings=found.settings,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
