"""What the songs' features show without any model: what parts genres, maps, odd songs."""

from genrefit.explore.doubted_labels import DoubtedLabel, label_queue
from genrefit.explore.label_checks import label_checks
from genrefit.explore.maps import song_map
from genrefit.explore.odd_songs import outliers
from genrefit.explore.ranking import separation, song_means

__all__ = [
    "DoubtedLabel",
    "label_checks",
    "label_queue",
    "outliers",
    "separation",
    "song_map",
    "song_means",
]
