"""Parse command lines with an engine's own parser, then write its options down as data.

Standard library only: it runs in the engine's environment.
"""

import argparse
import json
import sys
from collections.abc import Sequence


def serve(parser: argparse.ArgumentParser, *, leave_out: Sequence[str]) -> None:
    """Read command lines as JSON from standard input; the last line of the output is the options.

    `leave_out` is the program's own name at the start of a line. A line that the parser refuses ends the
    process with its message.
    """
    for line in json.load(sys.stdin):
        words = list(line)
        if words[: len(leave_out)] == list(leave_out):
            words = words[len(leave_out) :]
        parser.parse_args(words)
    print(json.dumps([option(action) for action in parser._actions]))


def option(action: argparse.Action) -> dict[str, object]:
    """What an argparse parser must know of an option to take or refuse a word."""
    choices = sorted(str(one) for one in action.choices) if action.choices else None
    return {
        "flags": list(action.option_strings),
        "words": action.nargs if not isinstance(action.nargs, int) else str(action.nargs),
        "choices": choices,
        "whole_number": action.type is int,
    }
