"""What the songs' features show without any model: what parts genres, maps, odd songs."""

from genrefit.explore.maps import song_map
from genrefit.explore.odd_songs import label_checks, outliers
from genrefit.explore.ranking import separation, song_means

__all__ = ["label_checks", "outliers", "separation", "song_map", "song_means"]
