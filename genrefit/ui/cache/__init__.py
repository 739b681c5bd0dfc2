"""Every Streamlit cache of the dashboard, keyed by name and by what the files hold now.

Each public function takes a `Home` first. What it returns is shared (`cache_resource`: models and
tables, never to be changed by a page) or a copy (`cache_data`: frames, records). A key holds the
home, a name and a stamp: a file's modification time, or for the library what its songs are, so
that a running job's progress empties no cache.

To add one: a public function that looks up the stamp, and a private cached one below it whose
arguments are the key.
"""

from genrefit.ui.cache.explore import (
    alike,
    artists_to_check,
    copy_groups,
    label_checks,
    out_of_fold,
    outliers,
    pca_map,
    separation,
)
from genrefit.ui.cache.judged import judged_songs, moments
from genrefit.ui.cache.library import (
    all_genres,
    colour_order,
    counts,
    feature_sets,
    genres,
    sizes,
    song_table,
    songs,
    songs_by_id,
    songs_to_refresh,
    table,
    unknown_sets_note,
)
from genrefit.ui.cache.models import (
    card,
    known_songs,
    likelihoods,
    models,
    report,
    scorer,
    training_seconds,
)
from genrefit.ui.cache.sources import listing

__all__ = [
    "alike",
    "all_genres",
    "artists_to_check",
    "card",
    "colour_order",
    "copy_groups",
    "counts",
    "feature_sets",
    "genres",
    "judged_songs",
    "known_songs",
    "label_checks",
    "likelihoods",
    "listing",
    "models",
    "moments",
    "out_of_fold",
    "outliers",
    "pca_map",
    "report",
    "scorer",
    "separation",
    "sizes",
    "song_table",
    "songs",
    "songs_by_id",
    "songs_to_refresh",
    "table",
    "training_seconds",
    "unknown_sets_note",
]
