"""What is known of callers' tokens, and for how long: a cache with rules and without a clock or a network.

    asked, answered good     used 5 minutes without another call
    then, Hub answers        good or bad as it says; a 401 ends a good answer at once
    then, Hub silent         the old good answer, up to the stack's `token_stale_seconds` longer
    asked, answered bad      60 seconds without another call
    never seen, Hub silent   as another replica was told, within the same times; else 503: nobody is let in on a guess

Tokens are kept as SHA-256 only. Source of the times: docs of the project (README, "Access").
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import NamedTuple

GOOD_SECONDS = 300.0
BAD_SECONDS = 60.0
VERDICTS_MAX = 10_000
"""More callers than this and the ones not seen for longest are asked about again."""


class Accounts(NamedTuple):
    """Who a token belongs to: `user/<name>` and `org/<name>`, in lower case."""

    names: frozenset[str]


class HubSays(NamedTuple):
    """The Hub's answer about one token."""

    kind: str
    """`good`, `bad` (it knows no such token) or `silent` (no answer, 5xx, 429)."""
    accounts: Accounts = Accounts(frozenset())


class Verdict(NamedTuple):
    """The last answer about a token that was not silence."""

    good: bool
    accounts: Accounts
    at: float
    """Seconds of the caller's clock."""


GOOD, BAD, SILENT = "good", "bad", "silent"


def fingerprint(token: str) -> str:
    """What a token is remembered by."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class VerdictCache:
    """Verdicts by fingerprint; the caller serializes access."""

    def __init__(self) -> None:
        self._verdicts: OrderedDict[str, Verdict] = OrderedDict()

    def fresh(self, key: str, now: float) -> Verdict | None:
        """What may be used without asking; None where the Hub must be asked."""
        verdict = self._seen(key)
        if verdict is None:
            return None
        lasts = GOOD_SECONDS if verdict.good else BAD_SECONDS
        return verdict if now - verdict.at < lasts else None

    def knows(self, key: str) -> bool:
        """Whether the token was good when it was last asked about: a known caller, however long ago."""
        verdict = self._verdicts.get(key)
        return verdict is not None and verdict.good

    def learn(self, key: str, said: HubSays, now: float, stale_seconds: float) -> Verdict | None:
        """Take the Hub's answer in; what to use now, None where nothing may be."""
        if said.kind != SILENT:
            verdict = Verdict(said.kind == GOOD, said.accounts, now)
            self._keep(key, verdict)
            return verdict
        return self.stale(key, now, stale_seconds)

    def adopt(self, key: str, accounts: Accounts, at: float) -> None:
        """Take in what another replica was told at `at`, unless this one was told something since."""
        own = self._verdicts.get(key)
        if own is None or own.at < at:
            self._keep(key, Verdict(good=True, accounts=accounts, at=at))

    def stale(self, key: str, now: float, stale_seconds: float) -> Verdict | None:
        """What may be used while the Hub is silent: a good answer that is not too old."""
        old = self._seen(key)
        if old is None or not old.good or now - old.at >= GOOD_SECONDS + stale_seconds:
            return None
        return old

    def _keep(self, key: str, verdict: Verdict) -> None:
        self._verdicts[key] = verdict
        self._verdicts.move_to_end(key)
        while len(self._verdicts) > VERDICTS_MAX:
            self._verdicts.popitem(last=False)

    def _seen(self, key: str) -> Verdict | None:
        verdict = self._verdicts.get(key)
        if verdict is not None:
            self._verdicts.move_to_end(key)
        return verdict
