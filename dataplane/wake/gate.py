"""What a request meets while no replica has the route: who may call is asked first, then what can be done for it.

    no such host, no such route       404, as a replica's gateway answers; nothing is woken
    address, token                    403, 401, 503, likewise
    GET /health                       200 and the state, without a token
    GET /v1/models                    200 and the names
    another route about the server    503
    a route that works the model, POST /_homeport/wake      see `waking`

The body of a request is never read, and nothing of its headers, token or query string is written anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..gateway.agent.token_gate import bearer
from ..gateway.agent.verdicts import fingerprint
from ..gateway.settings import WAKE, Route, no_such_route
from . import answers
from .answers import Reply
from .gate_cloud import CloudError, FirstLook, GateCloud, Look, TokenRow
from .gate_config import GateConfig
from .model import ASLEEP
from .plain_item import ItemError
from .request import HeaderError, Request
from .routes import find_route, location, plain_path
from .slots import Slots
from .times import times
from .token_check import TokenCheck
from .waking import Asked, Served, Waking

HOLD_SLOTS = 20
_HEALTH, _MODELS = "/health", "/v1/models"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_ADDRESS_REFUSED = "RBAC: access denied"
"""Envoy's own words (1.40)."""


class _Stop(Exception):
    """The answer is known, and nothing more is asked."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply


class Gate:
    """Of one stack; holds nothing, threads may ask at once."""

    def __init__(
        self,
        cloud: GateCloud,
        log: Callable[[Mapping[str, Any]], None],
        hold_slots: int = HOLD_SLOTS,
        time_scale: float = 1.0,
    ) -> None:
        self._cloud, self._log, self._scale = cloud, log, time_scale
        self._tokens = TokenCheck(cloud)
        self._waking = Waking(cloud, Slots(cloud, hold_slots), times(time_scale))

    def answer(self, request: Request) -> Reply:
        """Never raises for what a request or the table says."""
        line: dict[str, Any] = {
            "endpoint": "",
            "method": request.method if request.method in _METHODS else "other",
            "route": "",
        }
        try:
            served = self._serve(request, line)
        except _Stop as stop:
            served = Served(stop.reply)
        except (CloudError, ItemError) as error:
            line["error"] = f"{type(error).__name__}: {error}"
            served = Served(answers.not_now())
        reply = served.reply
        waited = round(served.waited_seconds, 3)
        line.update(status=reply.status, code=reply.code, waited_seconds=waited)
        self._log({**line, "wake": served.asked_for_wake})
        return reply

    def _serve(self, request: Request, line: dict[str, Any]) -> Served:
        began = self._cloud.now()
        token = bearer(request.authorization())
        config, look, row = self._first_look(request, token)
        looked_at = self._cloud.now()
        line["endpoint"] = config.endpoint
        plain = _path(request)
        if plain == _HEALTH and request.method in ("GET", "HEAD"):
            line["route"] = f"{request.method} {_HEALTH}"
            return Served(answers.health(look.state.name if look.state else ASLEEP))
        route = _route(request.method, plain, config)
        line["route"] = f"{route.method} {route.path}"
        self._authorize(config, token, row)
        if (route.method, route.path) == ("GET", _MODELS):
            return Served(answers.models(config.served_names))
        asked = Asked(
            config,
            began,
            look,
            looked_at,
            location(request.path, request.query),
            _hold(request),
            route == WAKE,
        )
        serve = self._waking.serve if route.inference else self._waking.serve_question
        return serve(asked)

    def _first_look(self, request: Request, token: str | None) -> tuple[GateConfig, Look, TokenRow]:
        """At the endpoint whose host and whose side of the stack this is, for an address that may call it."""
        host = request.host()
        endpoint = host.partition(".")[0]
        found = FirstLook(None)
        if endpoint:
            found = self._cloud.first_look(endpoint, fingerprint(token) if token else "")
        config = found.config
        if config is None or config.host != host or not _same_side(config, request):
            raise _Stop(answers.refused(404, "no such endpoint"))
        caller = request.caller()
        if config.networks and not any(
            caller is not None and caller in network for network in config.networks
        ):
            raise _Stop(answers.refused(403, _ADDRESS_REFUSED))
        return config, found.look, found.token

    def _authorize(self, config: GateConfig, token: str | None, row: TokenRow) -> None:
        if config.access_mode != "protected":
            return
        answer = self._tokens.check(
            config.endpoint,
            token,
            config.allow,
            config.token_stale_seconds / self._scale,
            row,
        )
        if answer.status != 200:
            raise _Stop(answers.refused(answer.status, answer.message, answer.headers))


def _same_side(config: GateConfig, request: Request) -> bool:
    return config.way_in in ("", request.way_in)


def _path(request: Request) -> str:
    plain = plain_path(request.path)
    if plain is None:
        raise _Stop(answers.refused(400, "the path cannot be read"))
    return plain


def _route(method: str, plain: str, config: GateConfig) -> Route:
    route = find_route(config.routes, method, plain)
    if route is None:
        raise _Stop(answers.refused(404, no_such_route(config.routes)))
    return route


def _hold(request: Request) -> float | None:
    try:
        return request.hold_seconds()
    except HeaderError as error:
        raise _Stop(answers.refused(400, str(error))) from None
