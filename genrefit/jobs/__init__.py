"""Background jobs: detached processes that outlive the page, the tab and the server."""

from genrefit.jobs.manager import (
    KINDS,
    active,
    cancel,
    get,
    latest,
    lock_file,
    log,
    resume,
    running,
    start,
)

__all__ = [
    "KINDS",
    "active",
    "cancel",
    "get",
    "latest",
    "lock_file",
    "log",
    "resume",
    "running",
    "start",
]
