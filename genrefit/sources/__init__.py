"""From a source to its songs, and from a song to its bytes: the only way out to the network."""

from genrefit.sources.fetching import fetch_song
from genrefit.sources.limits import DEFAULT_LIMITS, Limits
from genrefit.sources.listing import list_songs, list_songs_apart
from genrefit.sources.songs import FetchedSong, ListedSong, Listing
from genrefit.sources.urls import Address, is_url, parse_address

__all__ = [
    "DEFAULT_LIMITS",
    "Address",
    "FetchedSong",
    "Limits",
    "ListedSong",
    "Listing",
    "fetch_song",
    "is_url",
    "list_songs",
    "list_songs_apart",
    "parse_address",
]
