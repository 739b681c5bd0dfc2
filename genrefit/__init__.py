"""genrefit learns what your genres sound like from playlists and tells how well songs fit them."""

__version__ = "0.1.0"
