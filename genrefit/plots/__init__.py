"""Tables in, plotly figures out.

Where a figure takes `known`, give all genres that there are: then each has the same colour
everywhere.
"""

from genrefit.plots.colours import genre_colours
from genrefit.plots.curves import leak_gap, learning_curve, reliability
from genrefit.plots.feature_names import explanation, feature_name, unit
from genrefit.plots.features import distributions, ranking
from genrefit.plots.likelihoods import likelihood_bars
from genrefit.plots.matrices import matrix, percentages
from genrefit.plots.scatter import scatter, song_map

__all__ = [
    "distributions",
    "explanation",
    "feature_name",
    "genre_colours",
    "leak_gap",
    "learning_curve",
    "likelihood_bars",
    "matrix",
    "percentages",
    "ranking",
    "reliability",
    "scatter",
    "song_map",
    "unit",
]
