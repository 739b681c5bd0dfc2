"""Imports what most pages need once the first page is being looked at, before anyone asks for it.

scikit-learn, skops and plotly take two seconds together, which the first look at Find or Explore
would else wait for. The first page comes before them: it needs none of them.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from importlib import import_module

SERVED = threading.Event()
"""Set once a page has been served to its end."""
QUIET_SECONDS = 1.0
"""So long nothing must have happened on any page before something is imported: beside imports a
first paint took a third longer."""
ALONE_SECONDS = 10.0
"""Where nobody looks at a page for so long, the time is used."""
PAUSE_SECONDS = 0.05
"""Left before each import to whoever else has something to do, and how often it is looked."""
TURN_SECONDS = 0.0005
"""So long may an import keep another thread waiting. Python's 5 ms are too long here: a page's
sixty small files, each of which waits a few times, would take a second more."""
MODULES = (
    "sklearn.preprocessing",
    "sklearn.linear_model",
    "sklearn.decomposition",
    "sklearn.calibration",
    "sklearn.ensemble",
    "sklearn.svm",
    "skops.io",
    "plotly.graph_objects",
    "plotly.graph_objs._scattergl",
    "genrefit.plots",
    "genrefit.explore",
    "genrefit.search",
    "genrefit.learning.train",
)

log = logging.getLogger("genrefit.server")
_last = 0.0


def page_begins() -> None:
    """Take note that a page is at work."""
    global _last
    _last = time.monotonic()


def page_ends() -> None:
    """Take note that a page has been served."""
    page_begins()
    SERVED.set()


def begin() -> threading.Thread:
    """Begin in the background; what cannot be imported is left for the page that needs it."""
    thread = threading.Thread(target=_imports, name="warmup", daemon=True)
    thread.start()
    return thread


def _imports() -> None:
    SERVED.wait(ALONE_SECONDS)
    for name in MODULES:
        _wait_for_quiet()
        _import(name)


def _wait_for_quiet() -> None:
    time.sleep(PAUSE_SECONDS)
    while time.monotonic() - _last < QUIET_SECONDS:
        time.sleep(PAUSE_SECONDS)


def _import(name: str) -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        import_module(name)
    except Exception:  # the page that needs it will say so to the user
        log.info("%s could not be imported ahead", name, exc_info=True)
    finally:
        sys.setswitchinterval(before)
