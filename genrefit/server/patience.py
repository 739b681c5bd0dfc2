"""Requests that arrive in part only are given up: their connection is closed."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEAD_SECONDS = 20.0
"""What the head of a request may take to arrive, however it trickles."""
SILENT_SECONDS = 60.0
"""So long nothing of a request's body may arrive."""


class ImpatientProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # chosen at run time
    """uvicorn's own protocol, which would wait for ever for the rest of a request's head."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on where the head is not whole, else no more."""
        super().data_received(data)
        if self._is_at_work():
            self._stop_waiting()
        elif self._timer is None:
            self._wait()

    def connection_lost(self, error: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(error)

    def handle_websocket_upgrade(self, *given: Any) -> None:
        """Wait no more: the connection is another protocol's from here on."""
        self._stop_waiting()
        super().handle_websocket_upgrade(*given)

    def _is_at_work(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if not self._is_at_work() and not self.transport.is_closing():
            self.transport.close()


class BodyTimeout:
    """ASGI middleware that ends a request of whose body nothing arrives for SILENT_SECONDS."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; to the application, a silent sender looks gone."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        arriving = True

        async def receive_in_time() -> Message:
            nonlocal arriving
            if not arriving:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), SILENT_SECONDS)
            except TimeoutError:
                return {"type": "http.disconnect"}
            arriving = bool(message.get("more_body", False))
            return message

        await self.app(scope, receive_in_time, send)
