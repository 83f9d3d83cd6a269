"""Whether a token may wake: the replica's rules, where each request may be in a process of its own.

A thousand functions share nothing but the table, so the rules live there: who asks the Hub holds a claim on the token's
row, the others read the row until it says something; and unknown tokens of the whole stack share one count a minute.
Times are those of `dataplane.gateway.agent`, whose rows these are too: what one was told, the others know.

    row is fresh             good up to 5 minutes, bad up to 60 s: no call
    row is older, or none    one asks; the others wait for what it writes
    Hub silent               the good answer of before, up to the stack's `token_stale_seconds` longer; else 503
    too many unknown ones    503 without a call; never open
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from ..gateway.agent.shared_verdicts import CLOCKS_DIFFER_SECONDS, told
from ..gateway.agent.token_gate import (
    KNOWN_WAIT_SECONDS,
    SILENCE_SECONDS,
    UNKNOWN_CALLS_PER_MINUTE,
    Answer,
    Found,
    judged,
    no_token,
)
from ..gateway.agent.token_gate import RETRY_SECONDS as NEW_SILENCE_SECONDS
from ..gateway.agent.verdicts import (
    BAD_SECONDS,
    GOOD,
    GOOD_SECONDS,
    SILENT,
    Accounts,
    HubSays,
    Verdict,
    fingerprint,
)
from .gate_cloud import CloudError, GateCloud, TokenRow

WAIT_SECONDS = 8.0
"""For what another function is told about the same token."""
CLAIM_SECONDS = 7.0
"""Above the Hub's own 5 s, and below what others wait: who crashes is followed by one of them."""
LOOK_SECONDS, LOOK_SECONDS_MAX = 0.25, 1.0


class TokenCheck:
    """Of every endpoint; holds nothing, threads and processes may ask at once."""

    def __init__(self, cloud: GateCloud) -> None:
        self._cloud = cloud

    def check(
        self,
        endpoint: str,
        token: str | None,
        allow: tuple[str, ...],
        stale: float,
        row: TokenRow | None = None,
    ) -> Answer:
        """As the replica's gateway answers; `stale` is the endpoint's `token_stale_seconds`. Raises `CloudError`.

        `token` is the request's `bearer`; `row`, if given, what the table said of it a moment ago.
        """
        if token is None:
            return no_token()
        return judged(_Question(self._cloud, endpoint, token, stale).find(row), allow)


class _Question:
    """About one token, by one function."""

    def __init__(self, cloud: GateCloud, endpoint: str, token: str, stale: float) -> None:
        self._cloud, self._endpoint, self._token, self._stale = cloud, endpoint, token, stale
        self._key = fingerprint(token)
        self._began = cloud.now()

    def find(self, row: TokenRow | None) -> Found:
        """What is known of it, asking where it must."""
        pauses = _pauses()
        while True:
            row = row or self._cloud.read_token(self._endpoint, self._key)
            now = self._cloud.now()
            verdict, known = _fresh(row, now), _last_good(row, now)
            old = known if known and now - known.at < GOOD_SECONDS + self._stale else None
            if verdict is not None:
                return Found(verdict)
            if _silent(row, now, known=known is not None):
                return Found(old)
            if now - self._began >= (KNOWN_WAIT_SECONDS if old else WAIT_SECONDS):
                return Found(old)
            if row.claimed_until is None or row.claimed_until <= now:
                if known is None and self._full(now):
                    return Found(None, limited=True)
                if self._claim(row, now):
                    return self._ask(old, known=known is not None)
            self._cloud.sleep(next(pauses))
            row = None

    def _claim(self, row: TokenRow, now: float) -> bool:
        """Of the row as it was read: who reads, is slow, and claims after the answer asks nobody a second time."""
        until = now + CLAIM_SECONDS
        return self._cloud.claim_token(self._endpoint, self._key, row.answers, now, until)

    def _full(self, now: float) -> bool:
        return self._cloud.hub_calls(int(now // 60)) >= UNKNOWN_CALLS_PER_MINUTE

    def _ask(self, old: Verdict | None, *, known: bool) -> Found:
        """Known callers are always asked about; the claim ends whatever happens, by its time at the latest."""
        minute = int(self._cloud.now() // 60)
        if not known and not self._cloud.count_hub_call(minute, UNKNOWN_CALLS_PER_MINUTE):
            self._cloud.release_token(self._endpoint, self._key)
            return Found(None, limited=True)
        said = self._cloud.ask_hub(self._token)
        now = self._cloud.now()
        lasts = GOOD_SECONDS + self._stale + 2 * CLOCKS_DIFFER_SECONDS
        with suppress(CloudError):  # the Hub's word stands; the next one asks again
            self._cloud.settle_token(self._endpoint, self._key, said, now, lasts)
        return Found(old if said.kind == SILENT else _verdict(said, now))


def _verdict(said: HubSays, now: float) -> Verdict:
    return Verdict(said.kind == GOOD, said.accounts, now)


def _fresh(row: TokenRow, now: float) -> Verdict | None:
    """What may be used without asking."""
    known = _last_good(row, now)
    if known is not None and now - known.at < GOOD_SECONDS:
        return known
    if row.ended_at is not None and abs(now - row.ended_at) < BAD_SECONDS and known is None:
        return Verdict(good=False, accounts=Accounts(frozenset()), at=row.ended_at)
    return None


def _last_good(row: TokenRow, now: float) -> Verdict | None:
    """However long ago, unless it was ended since: a known caller."""
    found = None if row.kept is None else told(row.kept, now)
    return None if found is None else Verdict(good=True, accounts=found[0], at=now - found[1])


def _silent(row: TokenRow, now: float, *, known: bool) -> bool:
    """Whether the Hub was silent just now: it is left alone for a moment."""
    lasts = SILENCE_SECONDS if known else NEW_SILENCE_SECONDS
    return row.silent_at is not None and 0 <= now - row.silent_at < lasts


def _pauses() -> Iterator[float]:
    """Longer and longer: a thousand may wait for one row."""
    seconds = LOOK_SECONDS
    while True:
        yield seconds
        seconds = min(2 * seconds, LOOK_SECONDS_MAX)
