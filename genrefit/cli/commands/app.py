"""`genrefit app`: open the dashboard."""

from __future__ import annotations

import argparse

from genrefit.cli.parsing import Commands, port
from genrefit.config import Home


def add_parser(commands: Commands) -> None:
    """Add the verb and its options."""
    parser = commands.add("app", "open the dashboard")
    parser.add_argument("--port", type=port, default=8501, help="1 to 65535 (default: 8501)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def run(home: Home, arguments: argparse.Namespace) -> int:
    """Serve the dashboard until Ctrl-C."""
    from genrefit.server.app import serve

    serve(home, port=arguments.port, browser=not arguments.no_browser)
    return 0
