"""Score songs: likelihoods by song and by segment, typicality, and a query's fit."""

from genrefit.scoring.files import DECODE_SECONDS, score, score_file, score_listed
from genrefit.scoring.scorer import ScoredSong, Scorer, to_json

__all__ = [
    "DECODE_SECONDS",
    "ScoredSong",
    "Scorer",
    "score",
    "score_file",
    "score_listed",
    "to_json",
]
