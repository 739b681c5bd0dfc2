"""Tables in, plotly figures out."""

from genrefit.plots.colours import genre_colours
from genrefit.plots.curves import leak_gap, learning_curve, reliability
from genrefit.plots.matrices import matrix, percentages
from genrefit.plots.songs import (
    distributions,
    likelihood_bars,
    likelihoods_over_time,
    ranking,
    scatter,
    song_map,
    unit,
)

__all__ = [
    "distributions",
    "genre_colours",
    "leak_gap",
    "learning_curve",
    "likelihood_bars",
    "likelihoods_over_time",
    "matrix",
    "percentages",
    "ranking",
    "reliability",
    "scatter",
    "song_map",
    "unit",
]
