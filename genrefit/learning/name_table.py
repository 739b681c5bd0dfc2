"""What genres' names are taken for: from a name to tags of the two pretrained networks.

The table is `name_table.toml`, whose head explains it. A tag is the name that a network itself
gives it: one of musicnn's 50 ("Hip-Hop") or a class of AudioSet ("Hip hop music").
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from genrefit.errors import GenreError
from genrefit.features import musicnn, yamnet

TABLE = Path(__file__).with_name("name_table.toml")
Tags = tuple[str, ...]
"""Tags that a genre is taken for, of both networks, as they spell them; () for an unknown name."""

_OF_ALL_MUSIC = frozenset({"Music", "Musical instrument", "Song", "Silence"})
"""Classes of AudioSet that tell no genre from another."""
_SHORTEST = 3
"""The fewest letters of a name that is looked for within a word."""
_LONGEST = 4
"""The most words of a name in the table that are looked for within a longer name."""


@dataclass(frozen=True, slots=True)
class _Table:
    """The tags of each name by its `_key`, and how names count within longer ones."""

    tags: Mapping[str, Tags]
    moods: frozenset[str]
    everyday: frozenset[str]
    alone: frozenset[str]
    generic: frozenset[str]
    prepositions: frozenset[str]
    joining: frozenset[str]
    negating: frozenset[str]


def tags_of(name: str) -> Tags:
    """Return the tags that a genre's name is taken for; () where no part of it is known."""
    words = _words(name)
    return _whole(words) or _of_parts(words)


@lru_cache(maxsize=1)
def known_tags() -> Tags:
    """Return every tag of both networks that a genre can be said to sound like."""
    second = (name for name in yamnet.COLUMNS if name not in _OF_ALL_MUSIC)
    return tuple(dict.fromkeys((*musicnn.TAGS, *second)))


def checked_tags(words: Iterable[str]) -> Tags:
    """Return the tags that a person names, as the networks spell them.

    "soul" stands for both networks' tags of that name ("soul", "Soul music"); a word that is no
    tag but a genre of the table ("hard bop") for that genre's tags. GenreError with suggestions
    where it is neither.
    """
    chosen: list[str] = []
    for word in words:
        if not (found := _tags_named(word)):
            raise GenreError(f"{word!r} is no tag that a network knows{_suggestion(word)}")
        chosen += found
    return tuple(dict.fromkeys(chosen))


def tags_among(words: Iterable[str]) -> Tags:
    """Return the tags that words name, as `checked_tags`, but leave out words that name none."""
    return tuple(dict.fromkeys(tag for word in words for tag in _tags_named(word)))


def in_words(tags: Sequence[str]) -> tuple[str, ...]:
    """Return tags as a person names them: what both networks have by one name stands there once."""
    named = {_tag_key(tag): tag for tag in reversed(known_tags())}
    return tuple(dict.fromkeys(named.get(_tag_key(tag), tag) for tag in tags))


def _tags_named(word: str) -> Tags:
    key = _tag_key(word)
    named = tuple(tag for tag in known_tags() if _tag_key(tag) == key)
    return named or _whole(_words(word))


def _tag_key(tag: str) -> str:
    """Return the form in which two networks' tags of one name are equal: "soul", "Soul music"."""
    words = _words(tag)
    return _key(words[:-1] if len(words) > 1 and words[-1] == "music" else words)


def _suggestion(word: str) -> str:
    by_fold = {tag.casefold(): tag for tag in known_tags()}
    near = difflib.get_close_matches(word.casefold(), by_fold, n=3, cutoff=0.6)
    near += [fold for fold in by_fold if word.casefold() in fold and fold not in near][:3]
    if not near:
        return "; genrefit genres like --tags lists them all"
    return f"; did you mean {', '.join(repr(by_fold[fold]) for fold in near[:4])}?"


def _words(text: str) -> list[str]:
    """Return a name's words without case, accents and signs; signs that join become "and"."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)
    )
    plain = re.sub(r"\s*['’`´‘]\s*n\s*['’`´‘]?\s*|\bn['’`´‘]", " and ", plain)
    plain = re.sub(r"['’`´‘]", "", plain)
    plain = re.sub(r"\b19([5-9]0s)\b", r"\1", plain)
    plain = re.sub(r"[&+/,;|·•]|\bn\b", " and ", plain)
    return [word for word in re.findall(r"\w+", plain.replace("_", " ")) if word != "the"]


def _key(words: Sequence[str]) -> str:
    return "".join(words)


def _whole(words: Sequence[str]) -> Tags:
    """Return the tags of a name that the table has as a whole, in any of its forms."""
    return next((table().tags[key] for key in _forms(words) if key in table().tags), ())


def _forms(words: Sequence[str]) -> list[str]:
    """Return the keys that a name may have: as it is, and without "music" or its plural."""
    if not words:
        return []
    forms = [_key(words)]
    if len(words) > 1 and words[-1] in table().generic:
        forms.append(_key(words[:-1]))
    return forms + [key.removesuffix("s") for key in forms if key.endswith("s") and len(key) > 4]


def _of_parts(words: Sequence[str]) -> Tags:
    """Return the tags of the genres that a longer name clearly names.

    Parts that are joined ("rock / pop") count each; () with a "not" or a "but" in it.
    """
    if table().negating & set(words):
        return ()
    parts: list[list[str]] = [[]]
    for word in _with_joined_names(words):
        if word in table().joining:
            parts.append([])
        elif len(pieces := _pieces(word)) > 1:  # "folkcountry"
            parts += [*([piece] for piece in pieces), []]
        else:
            parts[-1].append(word)
    found = (tag for part in parts for tag in _whole(part) or _of_part(part))
    return tuple(dict.fromkeys(found))


def _pieces(word: str) -> list[str]:
    """Return the names of the table that a word is made of; the word itself where it is not."""
    if word in table().tags:
        return [word]
    for size in range(len(word) - _SHORTEST, _SHORTEST - 1, -1):
        first, rest = word[:size], word[size:]
        if first in table().tags and first not in table().alone:
            pieces = _pieces(rest)
            if all(piece in table().tags and piece not in table().alone for piece in pieces):
                return [first, *pieces]
    return [word]


def _with_joined_names(words: Sequence[str]) -> list[str]:
    """Return words in which names of the table that hold an "and" are one word ("randb")."""
    result = list(words)
    for at in range(len(words) - 3, -1, -1):
        key = _key(words[at : at + 3])
        if words[at + 1] == "and" and key in table().tags:
            result[at : at + 3] = [key]
    return result


def _of_part(words: Sequence[str]) -> Tags:
    """Return the tags of the genre that stands last in some words, before any preposition."""
    cut = next((at for at, word in enumerate(words) if word in table().prepositions), len(words))
    for phrase in (words[:cut], words[cut + 1 :]):
        while phrase and (phrase[-1] in table().generic or phrase[-1].isdigit()):
            phrase = phrase[:-1]
        genre: Tags = ()
        mood: Tags = ()
        end, last = len(phrase), True
        while end and not genre:
            size, key = _longest_name(phrase[:end], last=last)
            if key in table().moods:
                mood = mood or table().tags[key]
            elif key:
                genre = table().tags[key]
            last = last and bool(key)
            end -= size
        if genre or mood:
            return genre or mood
    return ()


def _longest_name(words: Sequence[str], *, last: bool) -> tuple[int, str]:
    """Return how many of the last words are a name of the table, and its key; (1, "") for none.

    `last` says whether the name that they belong to ends there: everyday words count only then.
    """
    for size in range(min(_LONGEST, len(words)), 0, -1):
        for key in _forms(words[-size:]):
            if key not in table().tags or key in table().alone:
                continue
            if last or key not in table().everyday:
                return size, key
    return 1, ""


@lru_cache(maxsize=1)
def table() -> _Table:
    """Return the table, read once."""
    content = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    tags: dict[str, Tags] = {}
    moods: set[str] = set()
    for group in content["like"]:
        keys = {_key(_words(name)) for name in group["names"]}
        tags |= dict.fromkeys(keys, (*group.get("first", ()), *group.get("second", ())))
        if group.get("mood"):
            moods |= keys
    for tag in known_tags():
        if (key := _key(_words(tag))) not in tags and not tags.get(key.removesuffix("music")):
            tags[key] = (tag,)
            moods.add(key)
    lists = ("everyday", "alone", "generic", "prepositions", "joining", "negating")
    words = {name: frozenset(_key(_words(word)) for word in content[name]) for name in lists}
    return _Table(tags, frozenset(moods), **words)
