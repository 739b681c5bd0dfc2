"""The query language: text to an understood query, and from likelihoods to fits."""

from genrefit.query.ast import Query
from genrefit.query.evaluate import fits, terms
from genrefit.query.parser import DOCUMENTATION, EXAMPLES, accept, complete, parse

__all__ = [
    "DOCUMENTATION",
    "EXAMPLES",
    "Query",
    "accept",
    "complete",
    "fits",
    "parse",
    "terms",
]
