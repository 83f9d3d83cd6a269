"""The answer to Envoy's question whether a request may pass: one call to the Hub for each unknown token.

Many requests with one token wait for one call. Tokens that nobody has seen cost the Hub a bounded number of
calls a minute, so that a flood of made-up tokens can neither get this address limited nor lock known callers
out. Whom this replica does not know it may learn from the others, where the Hub does not say.
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Sequence
from typing import Callable, NamedTuple, Protocol

from .verdicts import SILENT, Accounts, HubSays, Verdict, VerdictCache, fingerprint

UNKNOWN_CALLS_PER_MINUTE = 20
WAIT_SECONDS = 9.0
"""For another request's call about the same token; below Envoy's own 10 s for this check."""
KNOWN_WAIT_SECONDS = 2.0
"""For the Hub, where an old good answer can be used instead."""
SILENCE_SECONDS = 15.0
"""After a silence of the Hub it is not asked again about known callers for so long."""
RETRY_SECONDS = 5
ANY = "any"
"""In the allow list: every account of the Hub."""
_TOKEN = re.compile(r"hf_[A-Za-z0-9._-]{16,4096}")
"""User, fine-grained and OAuth tokens of the Hub all begin so; what does not cannot be one."""

AskHub = Callable[[str], HubSays]


class Answer(NamedTuple):
    """For Envoy: 200 lets the request pass, anything else is the client's answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    message: str = ""


class Live(NamedTuple):
    """What of the configuration item decides here; read anew for each request."""

    allow: Sequence[str]
    stale_seconds: float


class _Call:
    """One question about one token, with everybody who waits for it."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.found = Found(None)


class Found(NamedTuple):
    """What is known of a token now."""

    verdict: Verdict | None
    limited: bool = False
    """True: the Hub was not asked, too many unknown tokens came in this minute."""


class Others(Protocol):
    """What the other replicas were told; neither call raises nor takes more than two seconds."""

    def find(self, key: str) -> tuple[Accounts, float] | None:
        """Whose token it is, and how many seconds ago the Hub said so."""
        ...

    def tell(self, key: str, said: HubSays, stale_seconds: float) -> None:
        """Pass an answer of the Hub on."""
        ...


class TokenGate:
    """Threads may ask at once."""

    def __init__(
        self, ask: AskHub, others: Others, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._others = others
        self._clock = clock
        self._lock = threading.Lock()
        self._cache = VerdictCache()
        self._calls: dict[str, _Call] = {}
        self._unknown_calls: list[float] = []
        self._silent_until = -math.inf

    def check(self, authorization: str | None, live: Live | None) -> Answer:
        """Whether the bearer of this header may pass; `live` is None while the item is not known."""
        token = bearer(authorization)
        if token is None:
            return no_token()
        if live is None:
            return _not_now("who may call is not known yet")
        return judged(self._verdict(token, live), live.allow)

    def _verdict(self, token: str, live: Live) -> Found:
        """What is known of the token, asking where it must."""
        key = fingerprint(token)
        with self._lock:
            fresh = self._cache.fresh(key, self._clock())
            if fresh is not None:
                return Found(fresh)
            old = self._cache.stale(key, self._clock(), live.stale_seconds)
            if old is not None and self._clock() < self._silent_until:
                return Found(old)
            call = self._calls.get(key)
            mine = call is None
            if call is None:
                call = self._calls[key] = _Call()
        if mine and old is None:
            self._run(call, key, token, live.stale_seconds)
        elif mine:
            run = (call, key, token, live.stale_seconds)
            threading.Thread(target=self._run, args=run, daemon=True).start()
        if not call.done.wait(WAIT_SECONDS if old is None else KNOWN_WAIT_SECONDS):
            return Found(old)  # slower than anybody waits is as good as silent
        return call.found

    def _run(self, call: _Call, key: str, token: str, stale_seconds: float) -> None:
        try:
            call.found = self._find_out(key, token, stale_seconds)
        finally:
            with self._lock:
                del self._calls[key]
            call.done.set()

    def _find_out(self, key: str, token: str, stale_seconds: float) -> Found:
        """Ask the Hub, and what the others know where it is silent or must not be asked."""
        with self._lock:
            silent = self._clock() < self._silent_until
            may_ask = not silent and self._may_ask(key)
        if not may_ask:
            known = self._ask_the_others(key, stale_seconds, silent=silent)
            if known is not None:
                return Found(known)
            with self._lock:
                if not self._may_ask(key):
                    return Found(None, limited=True)
        said = HubSays(SILENT)
        try:
            said = self._ask(token)
        finally:
            with self._lock:
                verdict = self._cache.learn(key, said, self._clock(), stale_seconds)
                if said.kind == SILENT:
                    self._silent_until = self._clock() + SILENCE_SECONDS
        self._others.tell(key, said, stale_seconds)
        if verdict is None and may_ask:
            verdict = self._ask_the_others(key, stale_seconds, silent=True)
        return Found(verdict)

    def _ask_the_others(self, key: str, stale_seconds: float, *, silent: bool) -> Verdict | None:
        """What they know and may be used now; a caller whom they knew longer ago is a known one from here on."""
        found = self._others.find(key)
        with self._lock:
            now = self._clock()
            if found is not None:
                accounts, age = found
                self._cache.adopt(key, accounts, now - age)
            if silent:
                return self._cache.stale(key, now, stale_seconds)
            return self._cache.fresh(key, now)

    def _may_ask(self, key: str) -> bool:
        """Known callers always; for the others there is a bound on calls a minute."""
        if self._cache.knows(key):
            return True
        now = self._clock()
        self._unknown_calls = [at for at in self._unknown_calls if now - at < 60]
        if len(self._unknown_calls) >= UNKNOWN_CALLS_PER_MINUTE:
            return False
        self._unknown_calls.append(now)
        return True


def bearer(authorization: str | None) -> str | None:
    """The token of this header; None where it holds nothing that can be one."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token):
        return None
    return token


def no_token() -> Answer:
    """To a caller who shows nothing that can be a token."""
    return _unauthorized("a Hugging Face token is needed: Authorization: Bearer hf_...")


def judged(found: Found, allow: Sequence[str]) -> Answer:
    """To a caller of whose token this is known; `allow` is the endpoint's list."""
    verdict, limited = found
    if verdict is None:
        return _not_now("too many unknown tokens" if limited else "the token could not be checked")
    if not verdict.good:
        return _unauthorized("the Hub does not know this token")
    if not _admits(allow, verdict):
        return Answer(403, (), "this account is not on the endpoint's list")
    return Answer(200)


def _not_now(why: str) -> Answer:
    return Answer(503, (("retry-after", str(RETRY_SECONDS)),), f"{why}, ask again in a moment")


def _unauthorized(message: str) -> Answer:
    return Answer(401, (("www-authenticate", "Bearer"),), message)


def _admits(allow: Sequence[str], verdict: Verdict) -> bool:
    wanted = {entry.lower() for entry in allow}
    return ANY in wanted or not wanted.isdisjoint(verdict.accounts.names)
