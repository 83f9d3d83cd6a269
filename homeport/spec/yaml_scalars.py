"""What an unquoted YAML word means: the part on which YAML 1.1 and 1.2 agree, and nothing else.

Pulumi reads the settings with a YAML 1.2 parser, most editors check specs with one of the two; a word
that means a truth value to one and a text to the other must therefore be written so that both agree.
"""

import re
from dataclasses import dataclass

_CONSTANTS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_TRUTH_IN_YAML_1_1 = {
    form: truth
    for word, truth in (("yes", "true"), ("on", "true"), ("no", "false"), ("off", "false"))
    for form in (word, word.capitalize(), word.upper())
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]*")
_NUMBER_TO_ONE_READER_ONLY = re.compile(
    r"""[-+]?(?:
        0[0-9_]+                               # octal in 1.1, decimal in 1.2
      | 0[box][0-9A-Fa-f_]+                    # octal, binary, hexadecimal
      | [0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?     # grouped digits
      | [0-9]+(?::[0-5]?[0-9])+(?:\.[0-9_]*)?  # base 60
      | (?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+
      | \.[0-9][0-9_]*
    )""",
    re.VERBOSE,
)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DIGITS_MAX = 15
"""Larger numbers lose digits in readers that keep them as 64-bit floats (JSON editors)."""


@dataclass(frozen=True, kw_only=True)
class Ambiguous:
    """A word that two readers understand differently, or that no field can mean."""

    found: str
    allowed: str
    fix: str


def plain_value(word: str) -> str | int | float | bool | Ambiguous | None:
    """The value of an unquoted word. Dates stay texts."""
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    if word[0] not in "+-.0123456789":
        return _truth_word(word) if word in _TRUTH_IN_YAML_1_1 else word
    if _INTEGER.fullmatch(word):
        return int(word) if len(word) <= _DIGITS_MAX else _too_large(word)
    if _DECIMAL.fullmatch(word):
        return float(word) if len(word) <= _DIGITS_MAX * 2 else _too_large(word)
    if _NOT_FINITE.fullmatch(word):
        return Ambiguous(found=word, allowed="a finite number", fix="write a number")
    if _NUMBER_TO_ONE_READER_ONLY.fullmatch(word):
        return Ambiguous(
            found=f"{word[:60]} without quotes",
            allowed="a plain decimal number, or a text in quotes",
            fix=f'write "{word[:60]}" for the text, or the number in plain decimal digits',
        )
    return word


def _truth_word(word: str) -> Ambiguous:
    return Ambiguous(
        found=f"{word} without quotes",
        allowed="true or false, or a text in quotes",
        fix=f'write {_TRUTH_IN_YAML_1_1[word]}, or "{word}" for the text',
    )


def _too_large(word: str) -> Ambiguous:
    return Ambiguous(
        found=f"a number of {len(word.lstrip('+-'))} digits",
        allowed=f"a number of at most {_DIGITS_MAX} digits",
        fix="write a smaller number, or quote it if it is a text",
    )
