"""A real server in the stand-in's place, by one variable: see docs/sandbox.md.

`HOMEPORT_SANDBOX_ENGINE_COMMAND` holds a command line with `{address}`, `{port}` and `{model}` (the served name), for
example `llama-server --model tiny.gguf --alias {model} --host {address} --port {port}`. The settings file has no
effect on such a server.
"""

import shlex
import string

VARIABLE = "HOMEPORT_SANDBOX_ENGINE_COMMAND"
FIELDS = ("address", "port", "model")


class ReplacementError(Exception):
    """A command template that cannot be used."""


def replacement(template: str, *, address: str, port: int, model: str) -> list[str]:
    """The words of the command: values are put into words, no shell sees them. Raises ReplacementError."""
    values = {"address": address, "port": str(port), "model": model}
    try:
        words = shlex.split(template)
        named = {
            name
            for word in words
            for _, name, _, _ in string.Formatter().parse(word)
            if name is not None
        }
    except ValueError as error:
        raise ReplacementError(f"{VARIABLE}: {error}; found {template!r}") from error
    if unknown := sorted(named - set(FIELDS)):
        allowed = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise ReplacementError(f"{VARIABLE}: found {{{unknown[0]}}}, allowed are {allowed}")
    if not words:
        raise ReplacementError(f"{VARIABLE}: names no program")
    return [word.format_map(values) for word in words]
