"""The live tier's time: seconds as the cloud counts them, which pass `scale` times as fast as on a wall."""

import time


class Clock:
    """Starts at 0 when it is made."""

    def __init__(self, scale: float) -> None:
        """20: a minute of CloudWatch is three seconds here."""
        if scale <= 0:
            raise ValueError(f"time scale: found {scale}, must be above 0")
        self.scale = scale
        self._began = time.monotonic()

    def now(self) -> float:
        """Seconds of the cloud since the clock was made."""
        return (time.monotonic() - self._began) * self.scale
