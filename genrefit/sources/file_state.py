"""Whether a file is still the one that was looked at: by its stamp first, then by its digests."""

from __future__ import annotations

import hashlib
from pathlib import Path

from genrefit.audio import frames
from genrefit.errors import AudioError
from genrefit.records import FileState
from genrefit.sources.local import file_digest, file_stamp


def read_state(path: Path) -> FileState:
    """Read a whole file and return what tells it from others; SourceError where it cannot be."""
    size, mtime_ns = file_stamp(path) or (
        0,
        0,
    )  # before reading: a change meanwhile is seen next time
    return FileState(size, mtime_ns, file_digest(path), audio_digest(path))


def audio_digest(path: Path) -> str:
    """Return the SHA-256 of a file's packets of sound, "" where there are none.

    Nothing is decoded: tags, pictures and the container's own numbers do not count.
    """
    import av

    digest, packets = hashlib.sha256(), 0
    try:
        with frames.open_audio(path, timeout=60) as container:
            stream = container.streams.best("audio")
            if stream is None:
                return ""
            for packet in container.demux(stream):
                digest.update(packet)
                packets += 1
    except (AudioError, av.FFmpegError, OSError, ValueError):
        pass  # a file that is cut off has the packets that are there
    return digest.hexdigest() if packets else ""
