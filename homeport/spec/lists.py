"""Lists in which each entry stands once."""

from typing import TypeVar

from homeport.spec.refusal import Refusal, refused

_Entries = TypeVar("_Entries", bound=tuple[str, ...])


def check_unique(entries: _Entries) -> _Entries:
    """Raise for each entry that stands in the list before."""
    found = [
        Refusal(
            at=(position,),
            found=f"{entry} again",
            allowed="each entry once",
            fix="remove it",
        )
        for position, entry in enumerate(entries)
        if entry in entries[:position]
    ]
    if found:
        raise refused(*found)
    return entries
