"""From a source to its songs.

A source is a folder, an audio file, a list (M3U, PLS, XSPF, ASX, WPL, RSS, Atom, OPML, HTML, CSV, a
text of addresses, the XML of iTunes or Rekordbox), or the address of such a file, of audio, or of
anything that yt-dlp knows (YouTube and some thousand other sites).
"""

from __future__ import annotations

from pathlib import Path

from genrefit import config, isolated
from genrefit.errors import SourceError
from genrefit.faults import failure_of
from genrefit.metadata import artist_and_title
from genrefit.regular_files import FILE, FOLDER, MISSING, kind_of_file, refusal
from genrefit.sources import folders, local, playlists, ytdlp
from genrefit.sources.limits import DEFAULT_LIMITS, Limits
from genrefit.sources.list_reading import ListReader, read_list_file
from genrefit.sources.songs import ListedSong, Listing
from genrefit.sources.urls import PLAYLIST_ENDINGS, Address, parse_address
from genrefit.sources.webpage import read_page

SPARE_SECONDS = 30.0
"""Listing keeps its own deadline; a process that does not is killed so much later."""


def list_songs(source: str, *, limits: Limits = DEFAULT_LIMITS) -> Listing:
    """Return what a source holds, without fetching any song.

    A single YouTube video is listed without asking YouTube (its title comes when it is fetched).

    Raises
    ------
    SourceError
        if the source cannot be reached or read, or holds no song.
    """
    try:
        address = parse_address(source)
        if address.is_remote:
            return _list_remote(address, limits)
        if address.kind == "other":
            raise SourceError(
                "only http:// and https:// addresses, folders and files can be read",
                kind="unsupported",
            )
        return _list_local(address, limits)
    except SourceError as error:
        name = folders.shown(source)
        reason = str(error) if str(error).startswith(name) else f"{name}: {error}"
        raise SourceError(reason, retry=error.retry, kind=error.kind) from error
    except Exception as error:  # a fault of ours, or a list made to cause one
        name = folders.shown(source)
        failure = failure_of(error, about=name)
        raise SourceError(f"{name}: {failure.reason}", retry=True, kind=failure.kind) from error


def list_songs_apart(source: str, *, limits: Limits = DEFAULT_LIMITS) -> Listing:
    """Return what `list_songs` does, read in a process that can be killed.

    For a server, in which a page or list of a stranger must never be read.
    """
    return isolated.call(
        _list_songs, (source, limits), seconds=limits.listing_seconds + SPARE_SECONDS, fetches=True
    )


def _list_songs(task: tuple[str, Limits]) -> Listing:
    return list_songs(task[0], limits=task[1])


def _list_local(address: Address, limits: Limits) -> Listing:
    if config.is_hosted():
        raise SourceError(
            "folders and files of this computer are not read here: drop the songs on Score, or "
            "give a web address",
            kind="refused",
        )
    try:
        path = address.path.absolute()
        kind = kind_of_file(path)
        if kind == FOLDER:
            return _list_folder(path, limits)
        library, _, chosen = str(path).rpartition("#")
        if chosen and Path(library).suffix.lower() == ".xml" and kind == MISSING:
            return _list_playlist_file(Path(library), limits, chosen=chosen)
        if kind not in (FILE, MISSING):
            raise SourceError(refusal(kind), kind="missing", retry=True)
        if kind == MISSING:
            raise SourceError(
                "there is no such file or folder, and it is no web address (which would begin "
                "with https://): check its spelling",
                kind="missing",
                retry=True,
            )
        if path.suffix.lower() in PLAYLIST_ENDINGS:
            return _list_playlist_file(path, limits)
        return Listing((local.describe_file(path),))
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"it cannot be read ({reason})", kind="missing", retry=True) from error


def _list_folder(folder: Path, limits: Limits) -> Listing:
    found = folders.contents(folder)
    notes = found.notes()
    if not found.paths:
        notes.append("it holds no audio files (mp3, m4a, ogg, opus, webm, flac, wav ...)")
        raise SourceError("; ".join(notes), kind="empty", retry=True)
    songs = []
    for path in found.paths[: limits.most_songs]:
        try:
            songs.append(local.describe_file(path))
        except Exception as error:  # noqa: BLE001 - one file never takes the others down
            failure = failure_of(error, about=folders.shown(path))
            notes.append(f"left out: {failure.about}: {failure.reason}")
    return Listing(tuple(songs), tuple(notes + limits.notes_on_cut(len(found.paths))))


def _list_playlist_file(path: Path, limits: Limits, *, chosen: str | None = None) -> Listing:
    data = read_list_file(path)
    kind = playlists.kind_of(data, str(path))
    if kind == "cue":
        raise SourceError(
            "it is a cue sheet, which parts one file into songs: add the folder of the audio, cut "
            "into a file for each song",
            kind="unsupported",
        )
    if kind not in playlists.KINDS:
        raise SourceError(
            "it is no list of songs that can be read: give M3U, PLS, XSPF, ASX, WPL, RSS, Atom, "
            "OPML, HTML, CSV, a text of addresses, or the XML of iTunes or Rekordbox",
            kind="unsupported",
        )
    entries, names = playlists.parse_with_playlists(kind, data, base=str(path), chosen=chosen)
    reader = ListReader(limits, lambda url: _read_list(url, limits))
    return reader.listing(entries, str(path), names=names if chosen is None else ())


def _read_list(url: str, limits: Limits) -> tuple[str | None, bytes, str]:
    """Read a list that is at a URL: its kind, its bytes, and its URL after redirects."""
    page = read_page(url, limits)
    kind = playlists.kind_of(page.data, page.url)
    return "m3u" if kind is None and "mpegurl" in page.content_type else kind, page.data, page.url


def _list_remote(address: Address, limits: Limits) -> Listing:
    url = address.text
    if address.kind == "youtube" and "list=" not in url:
        video = parse_address(address.key)
        return Listing((ListedSong(video, f"YouTube video {video.key.removeprefix('youtube:')}"),))
    if ytdlp.knows_site(url):
        return _list_videos(url, limits)
    kind, data, base = _read_list(url, limits)
    if kind in playlists.KINDS:
        entries, names = playlists.parse_with_playlists(kind, data, base=base)
        if entries or kind != "html":  # yt-dlp may find audio in a page that links to none
            reader = ListReader(limits, lambda inner: _read_list(inner, limits))
            return reader.listing(entries, base, names=names)
    if kind is None or kind == "hls":
        artist, title = artist_and_title(address.stem)
        return Listing((ListedSong(address, title, artist),))
    try:
        return _list_videos(url, limits)
    except SourceError as error:
        if error.kind != "unsupported":
            raise
        raise SourceError(
            "no link to audio was found there: give a playlist, a video, a feed, a page that "
            "links to audio, or an audio file",
            kind="unsupported",
        ) from error


def _list_videos(url: str, limits: Limits) -> Listing:
    songs, notes = ytdlp.list_videos(url, limits)
    return Listing(tuple(songs), tuple(notes))
