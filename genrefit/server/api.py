"""The HTTP interface: score, find and models as JSON, the same as the command line prints.

POST /api/score (a form with a file, or JSON with a url), GET /api/find?q=..., GET /api/models,
GET /api/history, POST /api/undo.
Errors are {"error": sentence} with a fitting status. Streamlit serves the same port.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from genrefit import damage
from genrefit.config import Home
from genrefit.edges import json_text
from genrefit.errors import (
    AudioError,
    Cancelled,
    EarError,
    GenrefitError,
    JobError,
    LibraryError,
    ModelError,
    QueryError,
    SourceError,
)
from genrefit.server import changes
from genrefit.server.scoring_pool import FETCHERS, ScoreTask, ScoringPool, ScoringTimeoutError
from genrefit.server.uploads import RequestError, ScoreRequest, read_request
from genrefit.storage import erase, work_folder

MAX_BYTES = 50_000_000
"""The most that an upload may hold, unless the server is configured otherwise."""
MOST_IN_HAND = 32
"""The most songs that may wait to be scored; a further request is answered 503."""
SEND_SECONDS = 300.0
"""The most seconds that a request may take to arrive."""
MOST_HITS = 10_000
STATUS: Mapping[type[GenrefitError], int] = {
    GenrefitError: 400,
    QueryError: 400,
    ModelError: 404,
    AudioError: 422,
    SourceError: 422,
    ScoringTimeoutError: 422,
    JobError: 422,
    Cancelled: 503,
    EarError: 409,
    LibraryError: 409,
}
"""The HTTP status of each class of error; a subclass has that of its nearest base."""

log = logging.getLogger("genrefit.server")


@dataclass(slots=True)
class Api:
    """The interface of one home; enter `open()` for as long as it should answer."""

    home: Home
    max_bytes: int = MAX_BYTES
    processes: int | None = None
    _pool: ScoringPool | None = None
    _folder: Path | None = None
    _threads: anyio.CapacityLimiter | None = None
    _fetching: anyio.CapacityLimiter | None = None
    _in_hand: int = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Have processes ready for scoring, and a folder for uploads that is erased at the end."""
        self.home.logs.mkdir(parents=True, exist_ok=True)
        pool = ScoringPool(processes=self.processes, log=self.home.logs / "api.log")
        with work_folder(self.home.work) as folder, pool:
            self._pool, self._folder = pool, folder
            self._threads = anyio.CapacityLimiter(pool.processes)
            self._fetching = anyio.CapacityLimiter(FETCHERS)
            yield

    def routes(self) -> list[Route]:
        """Return the routes; every path under /api/ is answered here, in JSON."""
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        return [Route("/api/{verb:path}", self._answer, methods=methods)]

    async def _answer(self, request: Request) -> Response:
        verbs: dict[str, tuple[str, Callable[[Request], Awaitable[object]]]] = {
            "score": ("POST", self._score),
            "find": ("GET", self._find),
            "models": ("GET", self._models),
            "history": ("GET", partial(changes.show_history, self.home)),
            "undo": ("POST", partial(changes.undo, self.home)),
        }
        verb = request.path_params["verb"]
        if verb not in verbs:
            known = ", ".join(f"{method} /api/{name}" for name, (method, _) in verbs.items())
            return _error(404, f"there is no /api/{verb[:100]}; there are {known}")
        method, function = verbs[verb]
        if request.method not in (method, "HEAD" if method == "GET" else method):
            return _error(405, f"/api/{verb} answers {method} only", headers={"Allow": method})
        try:
            return _json(await function(request))
        except GenrefitError as error:
            return _error(status_of(error), str(error))
        except ClientDisconnect:
            return Response(status_code=400)  # the client does not read it
        except (
            Exception
        ) as error:  # the outermost handler: one line for the client, the rest logged
            if sentence := damage.explain(error, self.home):
                return _error(507, sentence)
            number = f"api-{secrets.token_hex(4)}"
            log.exception("error %s: %s %s", number, request.method, request.url.path)
            return _error(
                500,
                f"something went wrong inside genrefit (error {number}); details are in "
                f"{self.home.logs / 'server.log'}",
            )

    async def _score(self, request: Request) -> object:
        assert self._pool and self._folder and self._threads, "open() was not entered"
        if self._in_hand >= MOST_IN_HAND:
            raise RequestError(503, f"{self._in_hand} songs are waiting already: try again soon")
        self._in_hand += 1
        wanted = None
        try:
            wanted = await self._receive(request)
            task = ScoreTask(
                str(self.home.path),
                wanted.model,
                wanted.query,
                wanted.url,
                wanted.path,
                wanted.name,
                bool(_number(request.query_params, "why", int, 0, 1)),
            )
            results = await anyio.to_thread.run_sync(
                self._pool.score, task, limiter=self._fetching if task.url else self._threads
            )
        finally:
            self._in_hand -= 1
            if wanted and wanted.path:
                erase(wanted.path, within=self._folder)
        if all("error" in song for song in results):
            raise RequestError(422, "; ".join(song["error"] for song in results))
        return results

    async def _receive(self, request: Request) -> ScoreRequest:
        assert self._folder
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await read_request(request, folder=self._folder, max_bytes=self.max_bytes)
        except TimeoutError as error:
            raise RequestError(408, f"it did not arrive within {SEND_SECONDS:.0f} s") from error
        except OSError as error:
            raise RequestError(507, f"it could not be kept: {error.strerror}") from error

    async def _find(self, request: Request) -> object:
        parameters = dict(request.query_params)
        unknown = sorted(set(parameters) - {"q", "top", "model", "least", "report"})
        if unknown:
            raise QueryError(
                f"there is no parameter {unknown[0]!r}; there are q, top, model, least, report"
            )
        text = parameters.get("q", "").strip()
        if not text:
            raise QueryError("say what you look for: /api/find?q=country+but+not+hip+hop")
        top = _number(parameters, "top", int, 1, MOST_HITS)
        least = _number(parameters, "least", float, 0, 1)
        report = _number(parameters, "report", int, 0, 1)
        return await anyio.to_thread.run_sync(
            _hits, self.home, text, top, least or 0.0, parameters.get("model"), bool(report)
        )

    async def _models(self, request: Request) -> object:
        from genrefit.learning import staleness

        return await anyio.to_thread.run_sync(staleness.listing_json, self.home)


def _hits(
    home: Home, text: str, top: int | None, least: float, model: str | None, report: bool
) -> list[dict[str, Any]] | dict[str, Any]:
    """Return the songs that fit; with `report` as {"hits": ..., "report": ...}."""
    from genrefit import search
    from genrefit.judging.query_report import query_report
    from genrefit.learning import registry

    name = registry.name_or_in_use(home, model)
    ranking = search.search_library(home, text, model=name, least=least, top=top)
    hits = search.to_json(ranking.hits)
    if not report:
        return hits
    return {"hits": hits, "report": query_report(home, ranking.query, model=name).to_json()}


def status_of(error: GenrefitError) -> int:
    """Return the HTTP status that an error is answered with."""
    if isinstance(error, RequestError):
        return error.status
    return next(STATUS[base] for base in type(error).__mro__ if base in STATUS)


def _number(
    parameters: Mapping[str, str], name: str, kind: Callable[[str], float], low: float, high: float
) -> Any:
    """Return a number of the query string, None where it is not given."""
    if name not in parameters:
        return None
    try:
        number = kind(parameters[name])
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        what = "a whole number" if kind is int else "a number"
        raise QueryError(
            f"{name} is {parameters[name][:50]!r}; it should be {what}, {low} to {high}"
        )
    return number


def _json(content: object) -> Response:
    return Response(json_text(content).encode(), media_type="application/json")


def _error(status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Response:
    text = json_text({"error": message})
    return Response(
        text.encode(), status_code=status, headers=headers, media_type="application/json"
    )
