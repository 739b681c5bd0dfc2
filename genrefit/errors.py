"""The errors that genrefit raises on purpose: user errors, each shown as one line."""

from __future__ import annotations


class GenrefitError(Exception):
    """A user error: shown as one line, never as a traceback.

    `retry` tells whether another try may succeed; `kind` groups reasons for display.
    """

    kind: str = ""
    retry: bool = False


class AudioError(GenrefitError):
    """The bytes given are no audio, too short, or only silence."""

    kind = "not audio"


class SourceError(GenrefitError):
    """A source or song could not be listed or fetched.

    Its kinds are "gone", "refused", "network", "too long", "live", "not audio", "timeout", ...
    """

    def __init__(self, message: str, *, retry: bool = False, kind: str = "source") -> None:
        super().__init__(message)
        self.retry = retry
        self.kind = kind


class GenreError(GenrefitError):
    """A genre or its definition file is unknown, taken, or malformed."""


class LibraryError(GenrefitError):
    """The library file is damaged, locked, newer than this program, or incomplete."""


class QueryError(GenrefitError):
    """A query cannot be understood; `position` is the offending word's (start, end) in it.

    `meant` are the names or words that it may be meant for, the nearest first.
    """

    def __init__(
        self,
        message: str,
        *,
        position: tuple[int, int] | None = None,
        meant: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.position = position
        self.meant = meant


class SplitError(GenrefitError):
    """Too few songs or artists for the split."""


class TrainError(GenrefitError):
    """Training cannot work with its recipe or with what the library holds."""


class ModelError(GenrefitError):
    """A saved model is missing, taken, damaged, or made for other features."""


class EarError(GenrefitError):
    """The pretrained ear is missing or could not be fetched or built."""


class JobError(GenrefitError):
    """A background job cannot be started, found, or cancelled."""


class ClusterError(GenrefitError):
    """A cluster cannot be reached, or what it needs is missing."""


class Cancelled(GenrefitError):
    """The user stopped the work; what was finished stays."""
