"""The MIME types that a browser's audio player needs."""

from __future__ import annotations

MIME_TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".mp4": "audio/mp4", ".webm": "audio/webm",
              ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".flac": "audio/flac",
              ".wav": "audio/wav", ".aac": "audio/aac"}  # fmt: skip


def mime_type(ending: str) -> str:
    """Return the MIME type of a file ending such as ".mp3"."""
    return MIME_TYPES.get(ending.lower(), "audio/mpeg")
