"""Why something could not be fetched: one sentence, a kind, and whether a retry makes sense."""

from __future__ import annotations

import re
from collections.abc import Iterator

from genrefit.errors import SourceError
from genrefit.sources.restricted import AddressRefusedError, ProgramRefusedError

PASSING = frozenset(("network", "offline", "timeout", "server", "cut off"))
"""Kinds that may pass within seconds: worth another try at once."""
PAUSE = "pause"
"""The kind of a site that asks to be left alone for a while."""

_NO_ANSWER = "the site did not answer in time: try again later"
_BROKE_OFF = "the site broke off in the middle of the song: try again later"
_NO_JAVASCRIPT = (
    "YouTube needs a JavaScript runtime, and none was found: run `make setup` again, then "
    "`genrefit doctor`"
)

# Pattern in an error's message, kind, whether a retry makes sense, and the reason for the user.
_REASONS = tuple(
    (re.compile(pattern, re.I), kind, retry, reason)
    for pattern, kind, retry, reason in (
        (r"confirm your age|age.restricted|inappropriate for some", "refused", False,
         "it is only shown to signed-in adults: take another copy of the song"),
        (r"not a bot", PAUSE, True,
         "the site asks for proof that no bot is calling: wait some hours, then collect slower"),
        (r"try again later|rate.?limit|too many requests", PAUSE, True,
         "the site asks to be left alone for a while: try again in an hour"),
        (r"requested format is not available|javascript runtime", "javascript", True,
         _NO_JAVASCRIPT),
        (r"private video|video is private", "gone", False, "the video is private"),
        (r"members.only|join this channel|premium|purchase|rental|paid", "refused", False,
         "it is only for paying members: take another copy of the song"),
        (r"in your country|your location|geo.?restrict|geo.?block", "refused", False,
         "the site does not show it in your country: take another copy of the song"),
        (r"\bdrm\b", "refused", False, "it is copy-protected (DRM), which cannot be read"),
        (r"will begin in|premieres in|live event|is offline|not currently live", "live", True,
         "it is a live broadcast, which is no song"),
        (r"video unavailable|no longer available|been removed|been terminated|does not exist|"
         r"is not available|deleted|isn.t available", "gone", False,
         "it is not there any more: take another copy of the song"),
        (r"sign in|log ?in|authenticat|cookies", "refused", False,
         "the site shows it only to those who sign in: take another copy of the song"),
        (r"failed to resolve|name or service not known|name resolution|getaddrinfo|nodename nor",
         "offline", True,
         "the site's name is not known here: check the address and your connection"),
        (r"certificate", "certificate", False,
         "the site cannot prove who it is (its certificate is not valid): check the address"),
        (r"connection refused|actively refused", "network", True,
         "the site refuses connections: check the address, or try again later"),
        (r"timed? ?out", "timeout", True, _NO_ANSWER),
        (r"more expected|incompleteread|bytes read|content ?too ?short", "cut off", True,
         _BROKE_OFF),
        (r"connection (?:reset|aborted|broken)|remote end closed|unreachable|no route|eof occurred|"
         r"protocol error|ssl", "network", True,
         "the connection broke: try again later"),
        (r"no space left", "disk", True, "the disk is full: make room, then try again"),
        (r"unsupported url|no video formats|not a valid url|failed to parse", "unsupported",
         False, "no audio was found there: give a playlist, a video, a feed or an audio file"),
        (r"data blocks", "not audio", False, "the site sent an empty file"),
        (r"ffmpeg", "unsupported", False,
         "it comes in a form that only the ffmpeg program can join: take another copy"),
    )
)  # fmt: skip


def explain(error: BaseException) -> SourceError:
    """Return what went wrong in a fetch as a SourceError: one plain sentence, kind and retry.

    yt-dlp and the sites it reads raise any kind of exception, so any is taken.
    """
    if isinstance(error, SourceError):
        return error
    chain = list(_causes(error))
    for cause in chain:
        if refused := _refused_by_us(cause):
            return refused
    for cause in chain:
        status = getattr(cause, "status", None)
        if isinstance(status, int):
            return _by_status(cause, status)
    text = " | ".join(str(cause) for cause in chain)
    for pattern, kind, retry, reason in _REASONS:
        if pattern.search(text):
            return SourceError(reason, kind=kind, retry=retry)
    return SourceError(f"the site could not be read ({_shortened(error)})", retry=True)


def _refused_by_us(cause: BaseException) -> SourceError | None:
    """Return the error of a limit of ours that was met within yt-dlp."""
    if isinstance(cause, SourceError):
        return cause
    if isinstance(cause, ProgramRefusedError):
        return SourceError(
            "it comes in a form that only another program can fetch or join: take another copy",
            kind="unsupported",
        )
    if isinstance(cause, AddressRefusedError):
        return SourceError(
            f"{cause}: only addresses of the public internet are fetched here", kind="refused"
        )
    return None


def _by_status(error: BaseException, status: int) -> SourceError:
    code = f"HTTP {status}"
    if getattr(error, "redirect_loop", False):
        return SourceError(
            "the site sends us round in circles (redirect loop): check the address", kind="loop"
        )
    if status in (404, 410):
        return SourceError(
            f"there is nothing at that address ({code}): check it, or take another copy",
            kind="gone",
        )
    if status == 429:
        return SourceError(
            f"the site asks to be left alone for a while ({code}): try again in an hour",
            kind=PAUSE,
            retry=True,
        )
    if status == 408 or status >= 500:
        return SourceError(
            f"the site is in trouble ({code}): try again later", kind="server", retry=True
        )
    # A 403 may be an expired link of a video site, which a new visit renews.
    return SourceError(
        f"the site refuses to hand it out ({code}): check that it is open to everyone",
        kind="refused",
        retry=status == 403,
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes, the innermost last."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        exc_info = getattr(one, "exc_info", None)  # set by yt-dlp
        waiting += [
            exc_info[1] if isinstance(exc_info, tuple) and len(exc_info) > 1 else None,
            getattr(one, "cause", None),
            one.__cause__,
            one.__context__,
        ]


def _shortened(error: BaseException) -> str:
    """Return the message without yt-dlp's labels and pleas for reports, cut at 200 letters."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)) or type(error).__name__
    text = re.sub(r"^ERROR:\s*|\[[\w:]+\]\s*(?:[\w-]+:\s)?|; please report this issue.*", "", text,
                  flags=re.S)  # fmt: skip
    return " ".join(text.split())[:200]
