"""What a systemd unit file says, as far as homeport's units say it (systemd.unit and systemd.service, 2026-11)."""

from dataclasses import dataclass, field
from pathlib import Path

SECONDS_OF_NO_LIMIT = 90.0
"""systemd's `DefaultTimeoutStopSec`."""


@dataclass(frozen=True, kw_only=True)
class UnitFile:
    """One unit; names carry their suffix."""

    name: str
    requires: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    on_failure: tuple[str, ...] = ()
    kind: str = "simple"
    """`oneshot`, `exec`, `simple`; a target has none of these and no command."""
    start: str = ""
    stop: tuple[str, ...] = ()
    restart: str = "no"
    restart_seconds: float = 0.1
    stop_seconds: float = SECONDS_OF_NO_LIMIT
    start_limit_seconds: float = 10.0
    start_limit_burst: int = 5
    timer_seconds: tuple[float, float] | None = None
    """Of a timer: from its start to the first run of its service, and from a run's end to the next."""
    settings: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Every line, by its key."""


def read_unit(path: Path, name: str) -> UnitFile:
    """The unit `name`, which may be an instance (`a@b.service`) of the template at `path`."""
    instance = name.partition("@")[2].rpartition(".")[0]
    lines: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if line.strip() and line[0] not in "#[":
            key, _, value = line.partition("=")
            text = value.strip().replace("%i", instance).replace("%N", name.rpartition(".")[0])
            lines.setdefault(key.strip(), []).append(text)

    def words(key: str) -> tuple[str, ...]:
        return tuple(word for text in lines.get(key, ()) for word in text.split())

    def last(key: str, default: str) -> str:
        return lines.get(key, [default])[-1]

    return UnitFile(
        name=name,
        requires=words("Requires"),
        wants=words("Wants"),
        after=words("After"),
        before=words("Before"),
        on_failure=words("OnFailure"),
        kind=last("Type", "simple"),
        start=last("ExecStart", ""),
        stop=tuple(lines.get("ExecStop", ())),
        restart=last("Restart", "no"),
        restart_seconds=float(last("RestartSec", "0.1")),
        stop_seconds=float(last("TimeoutStopSec", str(SECONDS_OF_NO_LIMIT))),
        start_limit_seconds=float(last("StartLimitIntervalSec", "10")),
        start_limit_burst=int(last("StartLimitBurst", "5")),
        timer_seconds=(
            (_seconds(last("OnActiveSec", "0")), _seconds(last("OnUnitInactiveSec", "0")))
            if name.endswith(".timer")
            else None
        ),
        settings=lines,
    )


def _seconds(text: str) -> float:
    """`1h`, `5min`, `30s` or a number of seconds."""
    for suffix, factor in (("min", 60.0), ("h", 3600.0), ("s", 1.0)):
        if text.endswith(suffix):
            return float(text.removesuffix(suffix)) * factor
    return float(text)
