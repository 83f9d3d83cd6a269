"""Waiting for what lives at its own pace: asked again, never slept for."""

import time
from collections.abc import Callable

LOOK_SECONDS, LOOKS = 0.02, 3000


def until(holds: Callable[[], bool], what: str) -> None:
    """Return once `holds`. Raises `AssertionError` after a minute."""
    for _ in range(LOOKS):
        if holds():
            return
        time.sleep(LOOK_SECONDS)
    raise AssertionError(f"never: {what}")
