"""The query language: text to an understood query, and from likelihoods to fits."""

from genrefit.query.evaluate import fits, terms
from genrefit.query.help import DOCUMENTATION, accept, complete, corrections, examples
from genrefit.query.parser import Query, parse

__all__ = [
    "DOCUMENTATION",
    "Query",
    "accept",
    "complete",
    "corrections",
    "examples",
    "fits",
    "parse",
    "terms",
]
