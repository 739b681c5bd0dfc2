"""Put what Streamlit serves inside the package when a wheel is built.

app.py, pages/, .streamlit/ and the example genres stand at the checkout's top. An editable install
uses them from there; a wheel holds copies in genrefit/dashboard.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SERVED = ("app.py", "pages", ".streamlit/config.toml", "data/genres.example.json")
FOLDER = "genrefit/dashboard"


class DashboardHook(BuildHookInterface):
    """Called by hatchling before it builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files, unless the install is editable."""
        if version == "standard":
            build_data["force_include"] |= {name: f"{FOLDER}/{name}" for name in SERVED}
