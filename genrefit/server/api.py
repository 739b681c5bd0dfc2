"""The HTTP interface: score, find and models as JSON, the same as the command line prints.

POST /api/score (a form with a file, or JSON with a url), GET /api/find?q=..., GET /api/models.
Errors are {"error": sentence} with a fitting status. Streamlit serves the same port.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from genrefit.config import Home
from genrefit.errors import GenrefitError, LibraryError, ModelError, QueryError
from genrefit.server import scoring_pool, uploads
from genrefit.storage import work_folder

MAX_BYTES = 50_000_000
"""The most that an upload may hold, unless the server is told otherwise."""
MOST_IN_HAND = 32
"""So many songs may be waiting to be scored; the next is asked to come back."""
SEND_SECONDS = 300.0
"""What a request may take to arrive."""
MOST_HITS = 10_000
STATUS = {
    "QueryError": 400,
    "ModelError": 404,
    "AudioError": 422,
    "SourceError": 422,
    "Overrun": 422,
    "JobError": 422,
    "Cancelled": 503,
    "EarError": 409,
    "LibraryError": 409,
}
"""The HTTP status of each class of error; others give 400."""

log = logging.getLogger("genrefit.server")


@dataclass(slots=True)
class Api:
    """The interface of one home; enter `open()` for as long as it should answer."""

    home: Home
    max_bytes: int = MAX_BYTES
    processes: int | None = None
    _desk: scoring_pool.Desk | None = None
    _folder: Path | None = None
    _threads: anyio.CapacityLimiter | None = None
    _in_hand: int = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Have processes ready for scoring, and a folder for uploads that is erased at the end."""
        self.home.logs.mkdir(parents=True, exist_ok=True)
        scoring = scoring_pool.Desk(processes=self.processes, log=self.home.logs / "api.log")
        with work_folder(self.home.work) as folder, scoring:
            self._desk, self._folder = scoring, folder
            self._threads = anyio.CapacityLimiter(scoring.processes)
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
        except uploads.Refused as error:
            return _error(error.status, str(error))
        except GenrefitError as error:
            return _error(STATUS.get(type(error).__name__, 400), str(error))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except Exception:  # the outermost door: told in one line, kept in full
            number = f"api-{secrets.token_hex(4)}"
            log.exception("error %s: %s %s", number, request.method, request.url.path)
            return _error(
                500,
                f"something went wrong inside genrefit (error {number}); details are in "
                f"{self.home.logs / 'server.log'}",
            )

    async def _score(self, request: Request) -> object:
        assert self._desk and self._folder and self._threads, "open() was not entered"
        if self._in_hand >= MOST_IN_HAND:
            raise uploads.Refused(503, f"{self._in_hand} songs are waiting already: try again soon")
        self._in_hand += 1
        asked = None
        try:
            asked = await self._received(request)
            task = scoring_pool.Task(
                str(self.home.path), asked.model, asked.query, asked.url, asked.path, asked.name
            )
            found = await anyio.to_thread.run_sync(self._desk.score, task, limiter=self._threads)
        finally:
            self._in_hand -= 1
            if asked and asked.path:
                asked.path.unlink(missing_ok=True)
        if isinstance(found, scoring_pool.Sorry):
            raise uploads.Refused(STATUS.get(found.kind, 400), found.message)
        if all("error" in song for song in found):
            raise uploads.Refused(422, "; ".join(song["error"] for song in found))
        return found

    async def _received(self, request: Request) -> uploads.Asked:
        assert self._folder
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await uploads.read(request, folder=self._folder, max_bytes=self.max_bytes)
        except TimeoutError as error:
            raise uploads.Refused(408, f"it did not arrive within {SEND_SECONDS:.0f} s") from error
        except OSError as error:
            raise uploads.Refused(507, f"it could not be kept: {error.strerror}") from error

    async def _find(self, request: Request) -> object:
        given = dict(request.query_params)
        unknown = sorted(set(given) - {"q", "top", "model", "least"})
        if unknown:
            raise QueryError(
                f"there is no parameter {unknown[0]!r}; there are q, top, model, least"
            )
        text = given.get("q", "").strip()
        if not text:
            raise QueryError("say what you look for: /api/find?q=country+but+not+hip+hop")
        top = _number(given, "top", int, 1, MOST_HITS)
        least = _number(given, "least", float, 0, 1)
        return await anyio.to_thread.run_sync(
            _found, self.home, text, top, least or 0.0, given.get("model")
        )

    async def _models(self, request: Request) -> object:
        from genrefit.learning import registry

        models = await anyio.to_thread.run_sync(registry.listing, self.home)
        return [model.to_json() for model in models]


def _found(
    home: Home, text: str, top: int | None, least: float, model: str | None
) -> list[dict[str, Any]]:
    from genrefit import query, search
    from genrefit.learning import registry

    name = model or registry.in_use(home)
    if name is None:
        raise ModelError("there is no model yet: train one, or fetch the pretrained ear")
    query.parse(text, registry.load(home, name).genres)
    if not home.library.exists():
        raise LibraryError("there are no songs yet: collect some first")
    ranked = search.library_likelihoods(home, name)
    return search.to_json(search.find(text, ranked, least=least, top=top))


def _number(
    given: Mapping[str, str], name: str, kind: Callable[[str], float], low: float, high: float
) -> Any:
    """Return a number of the query string, None where it is not given."""
    if name not in given:
        return None
    try:
        number = kind(given[name])
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        what = "a whole number" if kind is int else "a number"
        raise QueryError(f"{name} is {given[name][:50]!r}; it should be {what}, {low} to {high}")
    return number


def _json(found: object) -> Response:
    text = json.dumps(found, ensure_ascii=False, allow_nan=False)
    return Response(text.encode(), media_type="application/json")


def _error(status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Response:
    text = json.dumps({"error": message}, ensure_ascii=False)
    return Response(
        text.encode(), status_code=status, headers=headers, media_type="application/json"
    )
