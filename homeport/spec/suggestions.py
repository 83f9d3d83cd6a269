"""Did you mean: the known word nearest to what was written."""

import difflib
from collections.abc import Iterable


def nearest(written: str, known: Iterable[str]) -> str | None:
    """The known word that differs by a slip of the keyboard, by case, or by a left-out part."""
    words = list(known)
    folded = {_folded(word): word for word in words}
    if _folded(written) in folded:
        return folded[_folded(written)]
    close = difflib.get_close_matches(_folded(written), folded, n=1, cutoff=0.7)
    if close:
        return folded[close[0]]
    holding = [word for word in words if len(written) >= 2 and written.lower() in word.split("-")]
    return holding[0] if len(holding) == 1 else None


def _folded(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")


def one_of(words: Iterable[str]) -> str:
    """`one of a, b, c`, or the only word."""
    known = list(words)
    return known[0] if len(known) == 1 else f"one of {', '.join(known)}"
