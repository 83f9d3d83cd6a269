"""Consoles and the rendering of errors."""

from rich.console import Console
from rich.text import Text

from homeport.errors import HomeportError

out = Console(soft_wrap=False)
err = Console(stderr=True, soft_wrap=True)


def print_errors(error: HomeportError) -> None:
    """Every problem of `error` on a line of its own, on standard error."""
    for line in str(error).splitlines():
        err.print(Text(line, style="red"), highlight=False)


def note(text: str) -> None:
    """What is being done, on standard error, so that standard output stays the answer."""
    err.print(Text(text), highlight=False)


def print_json(text: str) -> None:
    """Machine-readable output, without colours or wrapping."""
    print(text)
