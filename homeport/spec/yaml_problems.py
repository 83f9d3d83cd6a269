"""The parser's complaints in the words of somebody who wrote the file."""

import yaml

from homeport.spec.yaml_slip import Slip

_FIXES = (
    ("mapping values are not allowed", 'check the indentation, or quote the text that holds ": "'),
    ("could not find expected ':'", "write `key: value`, with a blank after the colon"),
    ("did not find expected key", "indent all keys of a mapping alike"),
    ("did not find expected '-' indicator", "indent all items of a list alike"),
    ("did not find expected ',' or", "close the bracket, or put a comma between the items"),
    ("found unexpected end of stream", "close the quote or bracket"),
    ("found unknown escape character", "use single quotes, in which a backslash is plain"),
    ("block sequence entries are not allowed", "put the list on lines of its own"),
    ("block mapping keys are not allowed", "put the key on a line of its own"),
)


def syntax_slip(error: yaml.YAMLError, text: str) -> Slip:
    """The slip for what the parser could not read; nothing of the file's text is repeated."""
    if isinstance(error, yaml.reader.ReaderError):
        return _unreadable_character(error, text)
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or "it cannot be read")
    if problem == "found unexpected end of stream":  # a quote or bracket: show where it begins
        mark = getattr(error, "context_mark", None) or mark
    last_line = len(text.rstrip().splitlines()) or 1
    line = min(mark.line + 1, last_line) if mark is not None else 1
    if _stands_at_tab(text, mark):
        return _slip(line, "a tab", "blanks for indentation", "write two blanks for each level")
    if "cannot start any token" in problem:
        return _slip(
            line,
            "a text that begins with a special character",
            "plain YAML",
            "put the text in quotes",
        )
    fix = next((fix for start, fix in _FIXES if problem.startswith(start)), None)
    return _slip(
        line, f"no valid YAML ({problem})", "valid YAML", fix or "check quotes and indents"
    )


def _slip(line: int, found: str, allowed: str, fix: str) -> Slip:
    return Slip(line=line, found=found, allowed=allowed, fix=fix)


def _stands_at_tab(text: str, mark: yaml.Mark | None) -> bool:
    if mark is None:
        return False
    lines = text.splitlines()
    if mark.line >= len(lines):
        return False
    line = lines[mark.line]
    return line[mark.column : mark.column + 1] == "\t" or line.lstrip(" ").startswith("\t")


def _unreadable_character(error: yaml.reader.ReaderError, text: str) -> Slip:
    position = error.position if isinstance(error.position, int) else 0
    return _slip(
        text.encode().count(b"\n", 0, position) + 1,
        "a control character",
        "printable text",
        "remove the character",
    )
