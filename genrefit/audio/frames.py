"""Decode a file's frames: in long runs where it is intact, packet by packet where it is damaged."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from genrefit.errors import AudioError
from genrefit.regular_files import FILE, FOLDER, MISSING, kind_of_file, refusal

if TYPE_CHECKING:
    import av

Source = str | os.PathLike[str] | BinaryIO

# Only containers of sound: playlists such as HLS or concat would make the decoder open other
# files and addresses that the file's author chose.
CONTAINERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,iff,latm,loas,matroska,mov,mp3,"
    "mpc,mpc8,mpeg,mpegts,ogg,oma,rm,shn,tak,tta,voc,w64,wav,wv"
)
LOCAL = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}
"""What a named file is opened with."""
LONG = 65_536
"""Samples in a long frame: few enough to stay in the processor's cache until they are summed."""


def open_audio(source: Source, *, timeout: float | None) -> av.container.InputContainer:
    """Open a file, or an open binary file. AudioError where there is none of that name.

    Bytes of its tags that are no UTF-8 become lone surrogates: see `audio.tags`.
    """
    import av

    file: Any = source
    options = {"format_whitelist": CONTAINERS}
    if is_path(source):
        file, options = _address(source), LOCAL
    container: av.container.InputContainer = av.open(
        file, container_options=options, metadata_errors="surrogateescape", timeout=timeout
    )
    return container


def is_path(source: Source) -> bool:
    """Whether `source` names a file rather than being an open one."""
    return isinstance(source, str | os.PathLike)


def decode_long_frames(
    source: Source, index: int, *, deadline: float | None
) -> Iterator[av.AudioFrame]:
    """Yield a named file's stream `index` in frames of LONG samples, the last one shorter.

    The decoder's own loop runs without Python between its frames, of which a song has ten
    thousand: a tenth of what classic features cost in all. Damage, and a change of rate or
    channels midway, raise av.FFmpegError; a deadline that is over raises TimeoutError.
    """
    import av

    graph = av.filter.Graph()
    graph.link_nodes(
        graph.add(
            "amovie",
            filename=_address(source),
            stream_index=str(index),
            dec_threads="1",
            format_opts=":".join(f"{option}={value}" for option, value in LOCAL.items()),
        ),
        graph.add("asetnsamples", f"n={LONG}:p=0"),
        graph.add("abuffersink"),
    ).configure()
    while not is_past(deadline):
        try:
            frame = graph.pull()
        except av.EOFError:
            return
        if isinstance(frame, av.AudioFrame):
            yield frame
    raise TimeoutError


def decode_packets(
    container: av.container.InputContainer,
    stream: av.AudioStream,
    *,
    deadline: float | None,
) -> Iterator[av.AudioFrame]:
    """Yield decoded frames; a damaged packet is left out, and a cut-off file just ends.

    TimeoutError if the deadline is over.
    """
    import av

    packets = container.demux(stream)
    while not is_past(deadline):
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue  # one bad packet of a song is no reason to give up the rest
        yield from frames
    raise TimeoutError


def source_name(source: Source) -> str:
    """Return how a message names a source."""
    if is_path(source):
        return repr(Path(source).name)  # type: ignore[arg-type]
    given = getattr(source, "name", None)
    return repr(Path(given).name) if isinstance(given, str) else "the file given"


def is_past(deadline: float | None) -> bool:
    """Whether `deadline`, a time.monotonic() or None, is over."""
    return deadline is not None and time.monotonic() > deadline


def _address(source: Any) -> str:
    path = Path(source).expanduser()
    if (kind := kind_of_file(path)) not in (FILE, MISSING, FOLDER):
        raise AudioError(f"{path.name!r} cannot be read: {refusal(kind)}")
    if kind != FILE:
        raise AudioError(f"there is no file {str(path)!r}; check its name and folder")
    return f"file:{path}"  # so that a colon in a name is never taken for a protocol
