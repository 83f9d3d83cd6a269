"""The `homeport` command: the only place of the package that prints or exits."""

from homeport.cli.app import main

__all__ = ["main"]
