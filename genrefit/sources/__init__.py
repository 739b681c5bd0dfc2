"""From a source to its songs, and from a song to its bytes: the only way out to the network."""

from genrefit.sources.limits import DEFAULT, Limits
from genrefit.sources.listing import FetchedSong, Listing, fetch_song, list_songs
from genrefit.sources.urls import canonical, host, song_id

__all__ = [
    "DEFAULT",
    "FetchedSong",
    "Limits",
    "Listing",
    "canonical",
    "fetch_song",
    "host",
    "list_songs",
    "song_id",
]
