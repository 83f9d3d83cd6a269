"""From a request to its answer: what is known, what waits for a place, and what the faults say instead."""

import asyncio
import itertools
import time
from typing import Any, Literal

from sandbox.engine.answers.interface import (
    Answer,
    BadBody,
    Computed,
    Form,
    Generated,
    Told,
    token_count,
)
from sandbox.engine.connection import Connection
from sandbox.engine.dialects.interface import Dialect
from sandbox.engine.metrics import CONTENT_TYPE, metrics_text
from sandbox.engine.settings import SettingsFile
from sandbox.engine.wire import Request
from sandbox.engine.work import LOOK_SECONDS, Work

Phase = Literal["loading", "serving", "stopping"]
_OVERLOADED = "Model is overloaded"


class Responder:
    """Answers every request of one process."""

    def __init__(self, dialect: Dialect, command: tuple[str, ...], settings: SettingsFile) -> None:
        """`command`: the engine's own command line."""
        self._dialect, self._settings = dialect, settings
        self._model = dialect.model(command)
        self._most = dialect.most_requests(command)
        self._measured = dialect.metrics_flag is None or dialect.metrics_flag in command
        self._work = Work(settings, settings.now().concurrency or dialect.places(command))
        self._numbers = itertools.count(1)
        self.phase: Phase = "loading"

    @property
    def unfinished(self) -> int:
        """Requests that run or wait."""
        return self._work.counts.unfinished

    async def respond(self, request: Request, connection: Connection) -> None:
        """One request; ends without an answer only with its client."""
        await self._hang(everything=True)
        if request.method == "GET" and request.path in self._dialect.health:
            self._health(connection)
        elif self.phase == "loading":
            connection.send_json(503, self._dialect.loading_body)
        elif request.method == "GET" and request.path == self._dialect.metrics_route:
            self._metrics(connection)
        else:
            await self._route(request, connection)

    def _health(self, connection: Connection) -> None:
        if self.phase == "serving":
            connection.send(200, self._dialect.health_body)
        elif self._dialect.loading_body is None:
            connection.send(503, b"")
        else:
            connection.send_json(503, self._dialect.loading_body)

    def _metrics(self, connection: Connection) -> None:
        if not self._measured:
            self._refuse(connection, 404, f"no metrics without {self._dialect.metrics_flag}")
            return
        labels = self._dialect.labels(self._model)
        text = metrics_text(self._dialect.metrics, labels, self._work.counts)
        connection.send(200, text, CONTENT_TYPE)

    async def _route(self, request: Request, connection: Connection) -> None:
        route = self._dialect.routes.get((request.method, request.path))
        if route is None:
            self._refuse(connection, 404, "Not Found")
            return
        try:
            body = request.content()
            self._check_model(body)
            if isinstance(route, Told):
                connection.send_json(200, route.content(self._model, body))
                return
            await self._for_the_model(route, request, body, connection)
        except BadBody as error:
            self._refuse(connection, self._dialect.bad_body_status, str(error))
        except UnknownModel as error:
            self._refuse(connection, 404, str(error))
        except ValueError:
            self._refuse(connection, self._dialect.bad_body_status, "the body is not a JSON object")

    async def _for_the_model(
        self, route: Computed | Generated, request: Request, body: dict[str, Any], to: Connection
    ) -> None:
        counts = self._work.counts
        counts.requests += 1
        await self._hang(everything=False)
        if status := self._settings.now().faults.error_status:
            counts.failed += 1
            self._refuse(to, status, "Internal Server Error")
        elif self._most is not None and counts.unfinished >= self._most:
            counts.failed += 1
            self._refuse(to, 429, _OVERLOADED)
        elif isinstance(route, Computed):
            await self._compute(route, request, body, to)
        else:
            await self._generate(route.form, request, body, to)

    async def _compute(
        self, route: Computed, request: Request, body: dict[str, Any], to: Connection
    ) -> None:
        began = time.monotonic()
        content = route.content(self._model, body)
        async with self._work.run(_identifier(request), token_count(str(body))) as run:
            await run.tokens(1)
            with self._work.last_words(began, 1):
                to.send_json(200, content)

    async def _generate(
        self, form: Form, request: Request, body: dict[str, Any], to: Connection
    ) -> None:
        began = time.monotonic()
        answer = self._answer(form, body)
        async with self._work.run(_identifier(request), answer.prompt_tokens) as run:
            if form.streams(body):
                to.start_stream()
                for piece in form.pieces(answer):
                    await run.tokens(1)
                    await to.send_events(piece)
                if last := form.closing(answer):
                    await to.send_events(last)
                with self._work.last_words(began, answer.tokens):
                    to.end_stream()
            else:
                await run.tokens(answer.tokens)
                with self._work.last_words(began, answer.tokens):
                    to.send_json(200, form.whole(answer))

    def _answer(self, form: Form, body: dict[str, Any]) -> Answer:
        tokens = form.tokens(body)
        if tokens is None:
            tokens = self._settings.now().tokens
        if not isinstance(tokens, int) or isinstance(tokens, bool) or tokens < 1:
            raise BadBody(f"the number of tokens must be 1 or more, got {tokens!r}")
        return Answer(
            identifier=f"{self._dialect.name}-{next(self._numbers)}",
            created=int(time.time()),
            model=str(body.get("model") or self._model.names[0]),
            prompt_tokens=token_count(form.prompt(body)),
            tokens=tokens,
            body=body,
        )

    def _check_model(self, body: dict[str, Any]) -> None:
        asked = body.get("model")
        if self._dialect.names_model and asked and asked not in self._model.names:
            raise UnknownModel(f"The model `{asked}` does not exist.")

    def _refuse(self, connection: Connection, status: int, text: str) -> None:
        connection.send_json(status, self._dialect.error(status, text))

    async def _hang(self, *, everything: bool) -> None:
        """For as long as the settings say so; the client may give up before."""
        words = ("all",) if everything else ("all", "requests")
        while self._settings.now().faults.hang in words:
            await asyncio.sleep(LOOK_SECONDS)


class UnknownModel(Exception):
    """The request names a model that is not served."""


def _identifier(request: Request) -> str:
    return request.headers.get("x-test-id", "-")
