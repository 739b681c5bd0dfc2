"""Music libraries of other programs: the XML that iTunes (Apple Music) and Rekordbox export.

Both list the user's files, and playlists of them; one playlist is chosen by its name.
"""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from typing import Any, TypeVar

from genrefit.errors import SourceError
from genrefit.sources.entries import Entry, parse_seconds, resolve_reference
from genrefit.sources.list_text import decode_xml, mended_xml, xml_elements

_Playlist = TypeVar("_Playlist")
MOST_NAMED = 12
"""So many playlists are named where one is to be chosen."""


def read_itunes(data: bytes, base: str, chosen: str | None) -> tuple[list[Entry], list[str]]:
    """Return the tracks of an iTunes library or exported playlist, and its playlists' names.

    SourceError where it is no property list, or has no playlist called `chosen`.
    """
    library = _property_list(data, base)
    tracks = library.get("Tracks")
    tracks = tracks if isinstance(tracks, dict) else {}
    keys = [str(key) for key in tracks]
    lists = library.get("Playlists")
    named = [p for p in (lists if isinstance(lists, list) else ()) if isinstance(p, dict)]
    if chosen is not None:
        playlists = {str(playlist.get("Name")): playlist for playlist in named}
        items = _chosen(playlists, chosen, base).get("Playlist Items")
        keys = [
            str(item.get("Track ID"))
            for item in (items if isinstance(items, list) else ())
            if isinstance(item, dict)
        ]
    entries = [
        entry
        for key in keys
        if isinstance(track := tracks.get(key), dict) and (entry := _itunes_entry(track, base))
    ]
    return entries, [str(p.get("Name")) for p in named if p.get("Playlist Items")]


def _property_list(data: bytes, base: str) -> dict[str, Any]:
    library, reason = None, "it is no property list"
    for mended in (False, True):
        try:
            library = plistlib.loads(mended_xml(decode_xml(data)).encode() if mended else data)
            break
        except Exception as error:  # noqa: BLE001 - plistlib lets whatever happens inside it pass
            reason = str(error) or type(error).__name__
    if not isinstance(library, dict):
        raise SourceError(
            f"{base} is a list that cannot be read ({reason}): export it again", kind="broken list"
        )
    return library


def _itunes_entry(track: Mapping[str, Any], base: str) -> Entry | None:
    address = resolve_reference(str(track.get("Location") or ""), base)
    if not address:
        return None
    artist, total = track.get("Artist"), track.get("Total Time")
    seconds = total / 1000 if isinstance(total, int) and 0 < total < 1e9 else None
    return Entry(address, str(track.get("Name") or ""), str(artist) if artist else None, seconds)


def read_rekordbox(data: bytes, base: str, chosen: str | None) -> tuple[list[Entry], list[str]]:
    """Return the tracks of Rekordbox's collection, or of its playlist called `chosen`, and the
    names of its playlists that hold songs."""
    tracks: dict[str, Mapping[str, str]] = {}
    playlists: dict[str, list[str]] = {}
    current: list[str] = []
    for name, attributes, _, _, _ in xml_elements(data, base):
        if name == "node":
            current = playlists.setdefault(attributes.get("name", ""), [])
        elif name == "track" and attributes.get("location"):
            tracks[attributes.get("trackid") or str(len(tracks))] = attributes
        elif name == "track" and attributes.get("key"):
            current.append(attributes["key"])
    filled = {name: keys for name, keys in playlists.items() if keys}
    keys = list(tracks) if chosen is None else _chosen(filled, chosen, base)
    entries = []
    for key in keys:
        track = tracks.get(key) or {}
        address = resolve_reference(track.get("location", ""), base)
        if address:
            seconds = parse_seconds(track.get("totaltime"))
            named = track.get("name", ""), track.get("artist") or None
            entries.append(Entry(address, *named, seconds))
    return entries, list(filled)


def _chosen(playlists: Mapping[str, _Playlist], chosen: str, base: str) -> _Playlist:
    """Return the playlist of that name, whatever its case; SourceError where there is none."""
    for name, playlist in playlists.items():
        if name.casefold() == chosen.casefold():
            return playlist
    names = ", ".join(repr(name) for name in list(playlists)[:MOST_NAMED])
    there = f"there are {names}" if playlists else "it holds none"
    raise SourceError(f"{base} holds no playlist {chosen!r}: {there}", kind="missing")
