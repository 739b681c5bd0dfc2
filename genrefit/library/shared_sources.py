"""Sources that two genres have in common: their songs would carry both labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from genrefit.errors import SourceError
from genrefit.library.genre_names import fold
from genrefit.records import Genre
from genrefit.sources import urls

_SUBDOMAIN = re.compile(r"//(?:www|m|music)\.")


def shared_sources(
    known: Mapping[str, Genre], genre: str, sources: Iterable[str] | None = None
) -> list[str]:
    """Return a sentence for each source of a genre that is in another one too, or in part.

    `sources` are those that are about to be added, None for those that it has. A folder is in
    another genre too where that has a folder or file above or below it; addresses are the same in
    whatever spelling.
    """
    own = next((g for g in known.values() if fold(g.name) == fold(genre)), Genre(genre))
    name, sentences = own.name, []
    for source in dict.fromkeys(own.sources if sources is None else sources):
        for other in known.values():
            if fold(other.name) == fold(name):
                continue
            for theirs in other.sources:
                if how := _shared(source, theirs):
                    sentences.append(
                        f"{source} is {how} {other.name} already: its songs will be in {name} and "
                        f"in {other.name}, which makes the two harder to tell apart"
                    )
    return list(dict.fromkeys(sentences))


def all_shared_sources(
    known: Mapping[str, Genre], chosen: Iterable[str] | None = None
) -> list[str]:
    """Return a sentence for each pair of sources that two genres share, each pair once.

    `chosen` are the genres that are about to be collected, None for all.
    """
    sentences, left = [], dict(known)
    for name in known if chosen is None else [name for name in known if name in set(chosen)]:
        sentences += shared_sources(left, name)
        del left[name]
    return sentences


def _shared(source: str, other: str) -> str | None:
    """Return how a source is part of another: "a source of", "within a source of" ..."""
    try:
        ours, theirs = urls.parse_address(source), urls.parse_address(other)
    except SourceError:
        return None  # no address at all, which collecting says
    if _SUBDOMAIN.sub("//", ours.key) == _SUBDOMAIN.sub("//", theirs.key):
        return "a source of"
    if ours.kind != "file" or theirs.kind != "file":
        return None
    here, there = Path(ours.key), Path(theirs.key)
    if there in here.parents:
        return "within a source of"
    return "a folder around a source of" if here in there.parents else None
