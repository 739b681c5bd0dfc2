"""Addresses of songs and sources: what kind one is, and the key that all its spellings share."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit, urlunsplit

from genrefit.errors import SourceError
from genrefit.sources.endings import AUDIO_ENDINGS as AUDIO_ENDINGS
from genrefit.sources.endings import LIST_ENDINGS as LIST_ENDINGS
from genrefit.sources.endings import PLAYLIST_ENDINGS as PLAYLIST_ENDINGS

_YOUTUBE = re.compile(
    r"(?:(?:www|m|music|gaming)\.)?youtube(?:-nocookie|kids)?\.com|(?:www\.)?youtu\.be"
)
_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_PLAYLIST_ID = re.compile(r"(?:PL|OLAK5uy_|UU|FL)[A-Za-z0-9_-]{12,}")
_VIDEO_PATHS = ("shorts", "embed", "live", "v", "e", "vi", "watch")
_SITE = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:[/?]\S*)?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|igshid")
_PORTS = {"http": 80, "https": 443}
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a song or a source is, parsed once.

    `text` is what to fetch, or where to look: an http(s) URL, or a path; of a path that is no
    UTF-8, its file:// URL, so that it can be stored and shown like any other. `kind` is one of
    "file" (a file or folder of this computer), "web", "youtube" (a YouTube video) and "other" (a
    scheme that cannot be read). `key` is the same for every spelling: `youtube:ID` for a YouTube
    video; a URL normalised after RFC 3986, section 6.2.2, without fragment, user name and tracking
    parameters; the resolved path of a file. `host` is the site that serves it, "" for a file;
    YouTube's names are one.
    """

    text: str
    kind: str
    key: str
    host: str

    @property
    def song_id(self) -> str:
        """The digest of the key that names a song."""
        return song_id(self.key)

    @property
    def is_remote(self) -> bool:
        """Whether it is fetched from a network."""
        return self.kind in ("web", "youtube")

    @property
    def path(self) -> Path:
        """The path of a file or folder, to be opened."""
        return Path(_path_of_file_url(self.text) or self.text).expanduser()

    @property
    def ending(self) -> str:
        """The file ending in lower case: ".mp3", or "" where there is none."""
        return ending(self.text)

    @property
    def stem(self) -> str:
        """The last step of the path without its ending: a title of last resort."""
        if not self.is_remote:
            return self.path.stem or self.text
        return PurePosixPath(unquote(_split(self.text).path)).stem or self.host


def parse_address(given: str) -> Address:
    """Parse an address as its user wrote it.

    A site's name without a scheme gets https://; a bare YouTube playlist id, `youtube:ID` and
    file:// addresses are written out; a name that is there on disk stays a path. SourceError where
    a URL is malformed.
    """
    text = _completed(given)
    if not is_url(text):
        kind = "other" if _SCHEME.match(text) and not on_disk(text) else "file"
        return Address(storable(text), kind, storable(_resolved(text)), "")
    if not _is_storable(text):
        raise SourceError(
            f"{text!r} is no web address: it holds half a character; copy it again", kind="address"
        )
    parts = _split(text)
    name = (parts.hostname or "").lower()
    if not _YOUTUBE.fullmatch(name):
        return Address(text, "web", _normal(parts), name)
    video = _video_id(parts)
    key = f"youtube:{video}" if video else _normal(parts)
    return Address(text, "youtube" if video else "web", key, "youtube.com")


def on_disk(path: str) -> bool:
    """Tell whether there is a file or folder of that name."""
    try:
        return Path(_path_of_file_url(path) or path).expanduser().exists()
    except (OSError, RuntimeError, ValueError):
        return False  # too long, a null byte, or the home of a user who does not exist


def storable(path: str) -> str:
    """Return a path as a source or address is stored.

    That is its file:// URL where it is no UTF-8, or has a space at its end or a line break inside,
    which a list of sources would lose. SourceError where it can be no path.
    """
    is_plain = path == path.strip() and path.isprintable()
    if _is_storable(path) and (is_plain or "\0" in path):
        return path
    try:
        return Path(path).expanduser().absolute().as_uri()
    except (ValueError, RuntimeError) as error:
        raise SourceError(
            f"{path!r} is no file's name: it holds half a character; copy it again", kind="address"
        ) from error


def _is_storable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _path_of_file_url(text: str) -> str | None:
    if not text.lower().startswith("file://"):
        return None
    return unquote(urlsplit(text).path, errors="surrogateescape")


def is_url(address: str) -> bool:
    """Tell whether an address is fetched from a network."""
    return address.lower().startswith(("http://", "https://"))


def is_youtube_video(address: str) -> bool:
    """Tell whether an address is any spelling of a YouTube video's."""
    try:
        return is_url(address) and parse_address(address).kind == "youtube"
    except SourceError:
        return False  # malformed


def ending(address: str) -> str:
    """Return the file ending of a path or URL, in lower case: ".mp3", or "" where none.

    SourceError where a URL is malformed.
    """
    path = unquote(_split(address).path) if is_url(address) else address
    return PurePosixPath(path).suffix.lower()


def ending_if_address(address: str) -> str | None:
    """Return the file ending of what a stranger calls an address, None where it is malformed."""
    try:
        return ending(address)
    except SourceError:
        return None


def song_id(key: str) -> str:
    """Return the digest of a key [16 hexadecimal digits] that names a song."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _completed(given: str) -> str:
    """Return an address as it was probably meant; anything unclear comes back as it is."""
    text = given if on_disk(given) else given.strip()  # a folder's name may end in a space
    if text.startswith("youtube:") and _VIDEO_ID.fullmatch(text[8:]):
        return f"https://www.youtube.com/watch?v={text[8:]}"
    if (path := _path_of_file_url(text)) is not None:
        return path
    if _SCHEME.match(text) or on_disk(text):
        return text
    if _PLAYLIST_ID.fullmatch(text):
        return f"https://www.youtube.com/playlist?list={text}"
    looks_like_a_file = "/" not in text and ending(text) in AUDIO_ENDINGS | PLAYLIST_ENDINGS
    return f"https://{text}" if _SITE.fullmatch(text) and not looks_like_a_file else text


def _resolved(path: str) -> str:
    try:
        return str(Path(path).expanduser().resolve())
    except (OSError, RuntimeError, ValueError):
        return path  # as in on_disk: reading it will say what is wrong


def _video_id(parts: SplitResult) -> str | None:
    """Return the id of the video that a YouTube URL shows, None where it shows none."""
    steps = [step for step in parts.path.split("/") if step]
    if (parts.hostname or "").lower().endswith("youtu.be"):
        video = steps[0] if steps else ""
    elif len(steps) > 1 and steps[0] in _VIDEO_PATHS:
        video = steps[1]
    elif steps in (["watch"], ["watch_popup"]):
        video = parse_qs(parts.query).get("v", [""])[0]
    else:
        return None
    return video if _VIDEO_ID.fullmatch(video) and video != "videoseries" else None


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        port_is_a_number = parts.port or True
    except ValueError as error:
        raise SourceError(f"{url} is no web address: {error}; check it", kind="address") from error
    if not (parts.hostname and port_is_a_number):
        raise SourceError(f"{url} is no web address: it names no site; check it", kind="address")
    return parts


def _normal(parts: SplitResult) -> str:
    scheme, name = parts.scheme.lower(), (parts.hostname or "").lower().rstrip(".")
    name = f"[{name}]" if ":" in name else name
    port = "" if parts.port in (None, _PORTS[scheme]) else f":{parts.port}"
    parameters = (p for p in parts.query.split("&") if not _TRACKING.fullmatch(p.split("=")[0]))
    path = _without_dots(_quoted(parts.path))
    return urlunsplit((scheme, name + port, path, _quoted("&".join(parameters)), ""))


def _quoted(text: str) -> str:
    """Percent-encode what must be, decode what need not be."""
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    text = quote(text, safe="/!$&'()*+,;=:@?~%-._", errors="surrogateescape")

    def simplest(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if _UNRESERVED.fullmatch(char) else match[0].upper()

    return _PERCENT.sub(simplest, text)


def _without_dots(path: str) -> str:
    """Remove the steps "." and ".." (RFC 3986, section 5.2.4)."""
    resolved: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        if step == "..":
            resolved = resolved[:-1]
        elif step != ".":
            resolved.append(step)
    if steps and steps[-1] in (".", ".."):
        resolved.append("")
    return "/" + "/".join(resolved)
