"""Addresses of songs and sources: what kind one is, and the one key for all of its spellings."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit, urlunsplit

from genrefit.errors import SourceError

# fmt: off
AUDIO = frozenset((
    ".mp3", ".m4a", ".m4b", ".mp4", ".aac", ".ogg", ".oga", ".opus", ".webm", ".weba", ".mka",
    ".flac", ".wav", ".aif", ".aiff", ".aifc", ".wma", ".ape", ".wv", ".mpc", ".ac3", ".au",
    ".caf", ".mp2", ".3gp", ".tta", ".amr",
))
"""File endings that may hold audio."""
PLAYLISTS = frozenset((
    ".m3u", ".m3u8", ".pls", ".xspf", ".rss", ".atom", ".xml", ".html", ".htm", ".xhtml",
))
"""File endings of lists of songs."""
# fmt: on

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


def completed(source: str) -> str:
    """Return a source as it was probably meant: https:// where a site's name has no scheme.

    A bare YouTube playlist id, `youtube:ID` and file:// addresses are written out; a name that is
    there on disk stays a path. Anything else comes back as it is.
    """
    source = source.strip()
    if _is_key(source):
        return f"https://www.youtube.com/watch?v={source.removeprefix('youtube:')}"
    if source.lower().startswith("file://"):
        return unquote(urlsplit(source).path)
    if _SCHEME.match(source) or on_disk(source):
        return source
    if _PLAYLIST_ID.fullmatch(source):
        return f"https://www.youtube.com/playlist?list={source}"
    looks_like_a_file = "/" not in source and ending(source) in AUDIO | PLAYLISTS
    return f"https://{source}" if _SITE.fullmatch(source) and not looks_like_a_file else source


def on_disk(path: str) -> bool:
    """Tell whether there is a file or folder of that name."""
    try:
        return Path(path).expanduser().exists()
    except (OSError, RuntimeError, ValueError):
        return False  # too long, a null byte, or the home of a user who does not exist


def is_url(address: str) -> bool:
    """Tell whether an address is fetched from a network."""
    return address.lower().startswith(("http://", "https://"))


def ending(address: str) -> str:
    """Return the file ending of a path or URL, in lower case: ".mp3", or "" where none."""
    path = unquote(_split(address).path) if is_url(address) else address
    return PurePosixPath(path).suffix.lower()


def stem(address: str) -> str:
    """Return the last step of an address without its ending: a title of last resort."""
    if not is_url(address):
        return Path(address).stem or address
    return PurePosixPath(unquote(_split(address).path)).stem or host(address)


def host(address: str) -> str:
    """Return the host that serves an address, "" for a local file. YouTube's names are one."""
    if not is_url(address):
        return ""
    name = (_split(address).hostname or "").lower()
    return "youtube.com" if _YOUTUBE.fullmatch(name) else name


def youtube_id(address: str) -> str | None:
    """Return the video's id where an address is any spelling of a YouTube video, else None."""
    if host(address) != "youtube.com":
        return None
    parts = _split(address)
    steps = [step for step in parts.path.split("/") if step]
    if (parts.hostname or "").lower().endswith("youtu.be"):
        found = steps[0] if steps else ""
    elif len(steps) > 1 and steps[0] in _VIDEO_PATHS:
        found = steps[1]
    elif steps in (["watch"], ["watch_popup"]):
        found = parse_qs(parts.query).get("v", [""])[0]
    else:
        return None
    return found if _VIDEO_ID.fullmatch(found) and found != "videoseries" else None


def canonical(address: str) -> str:
    """Return the key of a song: the same for every spelling of its address.

    `youtube:ID` for a YouTube video; a URL normalised after RFC 3986, section 6.2.2, without
    fragment, user name and tracking parameters; the resolved path of a file.
    """
    if _is_key(address):
        return address
    address = completed(address)
    if not is_url(address):
        return str(Path(address).expanduser().resolve())
    video = youtube_id(address)
    return f"youtube:{video}" if video else _normal(_split(address))


def song_id(key: str) -> str:
    """Return the digest of a key [16 hexadecimal digits] that names a song."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _is_key(text: str) -> bool:
    return text.startswith("youtube:") and bool(_VIDEO_ID.fullmatch(text[8:]))


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
    kept = (p for p in parts.query.split("&") if not _TRACKING.fullmatch(p.split("=")[0]))
    path = _without_dots(_quoted(parts.path))
    return urlunsplit((scheme, name + port, path, _quoted("&".join(kept)), ""))


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
    kept: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        if step == "..":
            kept = kept[:-1]
        elif step != ".":
            kept.append(step)
    if steps and steps[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
