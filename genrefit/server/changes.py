"""The history of changes over HTTP: listed, and undone."""

from __future__ import annotations

import anyio
from starlette.requests import Request

from genrefit import config, history
from genrefit.config import Home
from genrefit.errors import GenrefitError

SHOWN = 20


async def show_history(home: Home, request: Request) -> object:
    """Answer GET /api/history?most=20 with the newest changes, as the command line lists them."""
    most = _whole_number(request, "most") or SHOWN
    entries = await anyio.to_thread.run_sync(history.entries, home, most)
    return [entry.to_json() for entry in entries]


async def undo(home: Home, request: Request) -> object:
    """Answer POST /api/undo, or /api/undo?number=N, with the change that was undone."""
    if config.is_hosted():
        raise GenrefitError("this server is open to strangers: nothing is changed over HTTP")
    number = _whole_number(request, "number")
    return (await anyio.to_thread.run_sync(history.undo, home, number)).to_json()


def _whole_number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise GenrefitError(f"{name} is {text[:40]!r}: it should be a whole number, 1 or more")
    return int(text)
