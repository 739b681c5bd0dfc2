"""Score songs: likelihoods by song and by segment, typicality, and a query's fit."""

from genrefit.scoring.files import score, score_file, score_listed
from genrefit.scoring.scorer import ScoredSong, Scorer, to_json

__all__ = [
    "ScoredSong",
    "Scorer",
    "score",
    "score_file",
    "score_listed",
    "to_json",
]
