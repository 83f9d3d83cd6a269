"""A bound on a call that has none of its own: name look-ups, handshakes, answers that drip."""

from __future__ import annotations

import threading
from typing import Callable, TypeVar

Result = TypeVar("Result")


def in_time(seconds: float, call: Callable[[], Result]) -> Result:
    """What `call` gives or raises. Raises `TimeoutError` after `seconds`; the call then ends unheard, in a thread
    of its own, whenever it does: so its own timeouts bound how many of them there can be."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again by the caller
            errors.append(error)

    thread = threading.Thread(target=run, name="in-time", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError(f"no answer within {seconds:g} s")
    return results[0]
