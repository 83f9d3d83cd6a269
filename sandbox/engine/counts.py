"""What the stand-in counts; each dialect's metrics are views of it."""

from dataclasses import dataclass, field

from sandbox.engine.batch import Batch


@dataclass
class Spread:
    """Sum and number of what was observed."""

    count: int = 0
    total: float = 0.0

    def observe(self, value: float) -> None:
        """One more."""
        self.count += 1
        self.total += value


@dataclass
class Counts:
    """Since the process began."""

    batch: Batch
    places: int
    requests: int = 0
    """That came in for the model, whatever became of them."""
    succeeded: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    generated_tokens: int = 0
    queue_seconds: Spread = field(default_factory=Spread)
    first_token_seconds: Spread = field(default_factory=Spread)
    request_seconds: Spread = field(default_factory=Spread)
    prompt_lengths: Spread = field(default_factory=Spread)
    answer_lengths: Spread = field(default_factory=Spread)
    none: int = 0
    """Of what a stand-in never has: cache hits, preempted requests."""

    @property
    def running(self) -> int:
        """Requests that are being computed."""
        return self.batch.running

    @property
    def waiting(self) -> int:
        """Requests in the queue."""
        return self.batch.waiting

    @property
    def used(self) -> float:
        """Part of the cache that running requests fill: 1 where every place is taken."""
        return self.batch.running / self.places

    @property
    def unfinished(self) -> int:
        """Both."""
        return self.running + self.waiting
