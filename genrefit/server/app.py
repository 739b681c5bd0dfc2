"""The dashboard and the HTTP interface on one port of this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Any

from genrefit.config import DASHBOARD, Home, is_hosted
from genrefit.edges import LogFormatter
from genrefit.errors import GenrefitError
from genrefit.sweeper import sweep_home

if TYPE_CHECKING:
    from streamlit.starlette import App

ADDRESS = "127.0.0.1"
PORT = 8501
TRIES = 50
"""So many ports are tried, one after the other."""
HOSTED_UPLOAD_MB = 25
"""The most megabytes of an upload where strangers are served."""
GRACE_SECONDS = 3
"""What requests in hand get to finish after Ctrl-C."""


IMPORT_DELAY_SECONDS = 2.0
"""The first page needs none of IMPORTED_AHEAD and is served before they are imported."""
IMPORTED_AHEAD = (
    "sklearn.linear_model",
    "sklearn.decomposition",
    "sklearn.calibration",
    "sklearn.svm",
    "skops.io",
    "plotly.graph_objects",
    "genrefit.plots",
    "genrefit.explore",
    "genrefit.search",
)


class PortError(GenrefitError):
    """No port could be had."""


class SettingError(GenrefitError):
    """A setting of the environment makes no sense."""


def serve(
    home: Home, *, port: int = PORT, browser: bool = True, scoring_processes: int | None = None
) -> None:
    """Serve the dashboard and the HTTP interface of a home until Ctrl-C.

    Where the port is taken the next free one is used, and said; port 0 is any free one. The
    address is printed, and opened in the browser where there is one and `browser` is set.
    PortError where no port is free.
    """
    import uvicorn

    from genrefit.server.patience import ImpatientProtocol

    listening, got = bind(port)
    with listening:
        if port and got != port:
            print(f"port {port} is taken, so this is on {got}", file=sys.stderr)
        os.environ["GENREFIT_HOME"] = str(home.path)  # Streamlit runs pages without arguments
        _log_to(home)
        sweep_home(home)
        app = application(home, port=got, processes=scoring_processes, browser=browser)
        config = uvicorn.Config(
            app,
            http=ImpatientProtocol,
            log_level="warning",
            access_log=False,
            ws="websockets-sansio",
            ws_ping_interval=30.0,
            ws_ping_timeout=30.0,
            ws_max_size=_most_message_bytes(),
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:
            print("\ngenrefit: stopped; jobs at work go on", file=sys.stderr)


def application(
    home: Home, *, port: int, processes: int | None = None, browser: bool = False
) -> App:
    """Return the ASGI application: Streamlit's and our routes, behind the origin filter."""
    from starlette.middleware import Middleware
    from starlette.responses import RedirectResponse
    from starlette.routing import Route
    from streamlit import config
    from streamlit.starlette import App
    from streamlit.web import bootstrap

    from genrefit.server.api import Api
    from genrefit.server.patience import BodyTimeout
    from genrefit.server.security import LOCAL, OriginFilter

    api = Api(home, processes=processes)
    address = f"http://{ADDRESS}:{port}"

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
        async with api.open():
            print(f"genrefit is at {address}  (Ctrl-C stops it)", flush=True)
            import_ahead()
            opener = asyncio.get_running_loop().call_later(0.3, _open, address, browser)
            yield {}
            opener.cancel()

    more = os.environ.get("GENREFIT_HOSTS", "").replace(",", " ").split()
    app = App(
        DASHBOARD / "app.py",
        # Every other page's address is its name; Home is the default page, so its own is "/".
        routes=[*api.routes(), Route("/home", lambda _: RedirectResponse("/"))],
        middleware=[Middleware(OriginFilter, hosts=(*LOCAL, *more)), Middleware(BodyTimeout)],
        lifespan=lifespan,
    )
    # What .streamlit/config.toml says is read once Streamlit knows its script; these win over it.
    # It would heed STREAMLIT_... in the environment under `streamlit run` only.
    settings: dict[str, Any] = {"server.port": port, "server.address": ADDRESS}
    if "GENREFIT_UPLOAD_MB" in os.environ:
        settings["server.maxUploadSize"] = _upload_mb(os.environ["GENREFIT_UPLOAD_MB"])
    elif is_hosted():
        settings["server.maxUploadSize"] = HOSTED_UPLOAD_MB
    bootstrap.load_config_options(settings)
    api.max_bytes = int(config.get_option("server.maxUploadSize")) * 1_000_000
    return app


def import_ahead(*, delay: float = IMPORT_DELAY_SECONDS) -> threading.Timer:
    """Import IMPORTED_AHEAD in the background, `delay` seconds from now.

    Measured with benchmarks/pages.py on 2 cores: Find's first visit takes 0.2 s instead of 1.3 s
    (0.4 instead of 1.5 as a server's first page), and the first paint is not later. Without the
    delay the first paint is 1 s later.
    """
    timer = threading.Timer(delay, _import_all)
    timer.daemon = True
    timer.start()
    return timer


def _import_all() -> None:
    for name in IMPORTED_AHEAD:
        import_module(name)


def _upload_mb(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise SettingError(
            f"GENREFIT_UPLOAD_MB is {text!r}: it should be a whole number of megabytes, 1 or more"
        )
    return int(text)


def bind(port: int) -> tuple[socket.socket, int]:
    """Return a socket that listens on `port` or on the next free one, and the port it has."""
    for candidate in range(port, min(port + TRIES, 65_536)):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # A port that a stopped server has just left can be had at once; a living one's cannot.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((ADDRESS, candidate))
            listening.listen(128)
        except OSError as error:
            listening.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise PortError(f"port {candidate} cannot be used: {error.strerror}") from error
            continue
        return listening, listening.getsockname()[1]
    raise PortError(
        f"none of the ports {port} to {min(port + TRIES, 65_536) - 1} is free: name another with "
        "--port"
    )


def _open(address: str, wanted: bool) -> None:
    """Open the browser where there is a screen to open it on."""
    seen = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    headless = os.environ.get("STREAMLIT_SERVER_HEADLESS", "").lower() in ("1", "true")
    if wanted and seen and not headless:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _most_message_bytes() -> int:
    from streamlit import config

    return int(config.get_option("server.maxMessageSize")) * 1_000_000


def _log_to(home: Home) -> None:
    """Write errors of the server, with their traces, to a file that is kept small."""
    home.logs.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        home.logs / "server.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8"
    )
    handler.setFormatter(LogFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name in ("genrefit.server", "uvicorn.error", "streamlit"):
        logging.getLogger(name).addHandler(handler)
