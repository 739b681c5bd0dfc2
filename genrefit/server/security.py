"""Requests from other sites' pages are refused; own pages and programs are let through.

A page of a foreign site, open in the user's browser, can send requests to 127.0.0.1. Browsers
state where a request comes from (Origin, Sec-Fetch-Site), and a name that points at this machine
(DNS rebinding) stands in the Host header. Programs such as curl send no Origin.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL = ("127.0.0.1", "localhost", "::1")
OWN_SITE = ("same-origin", "none")
"""What Sec-Fetch-Site says of our own pages, and of an address typed by the user."""
POLICY = "; ".join(
    (
        "default-src 'self'",
        # Streamlit's and plotly's code makes functions of texts, and styles of its own.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob: data:",
        "connect-src 'self' ws: wss: blob: data:",
        "frame-ancestors 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
"""Nothing is loaded from, sent to, or framed by another site."""
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


class OriginFilter:
    """ASGI middleware that refuses foreign hosts and foreign origins, and adds HEADERS.

    A link on another site may lead to a page; nothing else may be asked from there, and under
    `prefix` not even that.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Collection[str] = LOCAL, prefix: str = "/api/"
    ) -> None:
        self.app, self.hosts, self.prefix = app, frozenset(hosts), prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 403 with a sentence."""
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            reason = self.foreign_host(headers)
            if reason is None and (
                scope["path"].startswith(self.prefix) or not _follows_link(scope, headers)
            ):
                reason = foreign_origin(headers)
            if reason is not None:
                await _refuse(reason, scope, receive, send)
                return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _ in message.get("headers", ())}
                more = [(name, value) for name, value in HEADERS if name not in names]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def foreign_host(self, headers: Mapping[str, str]) -> str | None:
        """Return why the Host header is refused; None where it is not."""
        host = headers.get("host", "")
        if _hostname(f"//{host}") in self.hosts:
            return None
        return (
            f"this server does not answer to the name {host[:100]!r}; open it as one of "
            f"{', '.join(sorted(self.hosts))}"
        )


def foreign_origin(headers: Mapping[str, str]) -> str | None:
    """Return why a page's request is refused; None where it is our own page's or a program's."""
    origin, host = headers.get("origin"), headers.get("host", "")
    site = headers.get("sec-fetch-site")
    own = origin is None or urlsplit(origin).netloc.casefold() == host.casefold()
    if own and (site is None or site in OWN_SITE):
        return None
    who = f"from {origin[:100]}" if origin and not own else "from another site"
    return f"a request {who} was refused: only pages of this server and programs may ask it"


def _follows_link(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Tell whether a request opens a page, as a link or a typed address does."""
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and headers.get("origin") is None
        and headers.get("sec-fetch-mode", "navigate") == "navigate"
    )


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def _refuse(reason: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()  # the handshake has to be received before it can be refused
        await send({"type": "websocket.close", "code": 1008, "reason": reason[:120]})
        return
    await JSONResponse({"error": reason}, status_code=403)(scope, receive, send)
