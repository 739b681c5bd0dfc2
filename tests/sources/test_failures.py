"""Errors of yt-dlp and of sites become one plain sentence each."""

from __future__ import annotations

import pytest

from genrefit.errors import GenrefitError
from genrefit.sources.failures import explain


@pytest.mark.parametrize(
    ("message", "kind", "retry"),
    [
        ("ERROR: [youtube] x: Private video. Sign in if you've been granted access", "gone", False),
        ("Sign in to confirm you’re not a bot. Use --cookies", "pause", True),
        ("Sign in to confirm your age. This video may be inappropriate", "refused", False),
        ("Requested format is not available. Use --list-formats", "javascript", True),
        ("Video unavailable. This video has been removed by the uploader", "gone", False),
        ("The uploader has not made this video available in your country", "refused", False),
        ("Join this channel to get access to members-only content", "refused", False),
        ("This video is DRM protected", "refused", False),
        ("This live event will begin in 3 hours.", "live", True),
        (
            "<urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify",
            "certificate",
            False,
        ),
        ("[Errno 28] No space left on device", "disk", True),
        ("Something never seen before; please report this issue on  https://x", "source", True),
    ],
)
def test_messages_are_put_into_plain_words(message, kind, retry):
    error = explain(RuntimeError(message))
    assert (error.kind, error.retry) == (kind, retry)
    assert isinstance(error, GenrefitError)
    assert "please report this issue" not in str(error)
