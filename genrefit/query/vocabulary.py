"""The words and signs of the query language; everything else in a query names a genre."""

from __future__ import annotations

PHRASES: dict[str, tuple[str, ...]] = {
    "AND": ("and", "also", "and also", "but also", "that is also", "that are also",
            "which is also", "which are also", "with", "plus", "but", "&", "&&"),
    "OR": ("or", "or else", "|", "||"),
    "NOT": ("not", "no", "without", "in no way", "no way", "but not", "but no", "but without",
            "but in no way", "with no", "nor", "except", "that is not", "that are not",
            "that is no", "that are no", "that is in no way", "that are in no way",
            "that is no way", "that are no way"),
    "THAT": ("that is", "that are", "which is", "which are"),
    "OPEN": ("(",),
    "CLOSE": (")",),
    "COMMA": (",", ";"),
}  # fmt: skip
SIGNS: dict[str, tuple[str, ...]] = {
    ">": (">", "more than", "over", "above"),
    ">=": (">=", "≥", "=>", "at least", "no less than", "not less than"),
    "<": ("<", "less than", "under", "below"),
    "<=": ("<=", "≤", "=<", "at most", "no more than", "not more than", "up to"),
}
AMOUNTS: dict[str, int] = {
    "mostly": 7000, "mainly": 7000, "half": 5000, "some": 3000, "a little": 2000,
    "a bit of": 2000, "a touch of": 1000, "a hint of": 1000,
}  # fmt: skip
"""Shares in words, in hundredths of a percent."""
FILLERS = ("a", "an", "the", "new", "music", "song", "songs", "track", "tracks", "tune", "tunes",
           "that", "which", "is", "are", "it", "of", "find", "me", "something")  # fmt: skip
"""Words that say nothing here, unless a genre is called so."""
