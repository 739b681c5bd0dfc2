"""Texts of tags that are not in the encoding that they claim, brought back to what was written.

ID3v1, Latin-1 frames of ID3v2 and RIFF INFO hold bytes in whatever encoding the tagging program's
country used. The texts of one file are in one encoding; so all of them together are decoded by
each that is possible, and the one that makes the most likely text is taken: words of one script,
capitals only where capitals stand, letters that the encoding's languages use.
charset-normalizer's own measure of mess decides between encodings that come out alike.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

PRIORS: Mapping[str, float] = {
    "cp1252": 0.0,
    "cp1251": 0.06,
    "cp932": 0.06,
    "cp949": 0.08,
    "gb18030": 0.1,
    "big5": 0.12,
    "cp1250": 0.15,
    "koi8_r": 0.16,
    "cp1253": 0.16,
    "cp1254": 0.2,
    "cp1255": 0.2,
    "cp866": 0.2,
    "cp1256": 0.25,
    "cp874": 0.25,
}
"""Encodings that tags are met in, with what speaks against each beforehand."""
_USED = {
    "cp1252": "äöüßéèêëàâáãåæçðïîíìñôóõòøþùûúœÿÄÖÜÉÅÆØÇÀÁÓÍÑÚ¡¿’‘“”–—…´°",
    "cp1250": "ąćęłńśźżčěřšžůďťňőűáéíóúýäöüôßĄĆĘŁŃŚŹŻČŘŠŽĎŤŇŐŰÁÉÍÓÚÝÄÖÜ’“”„–—…",
    "cp1254": "çğışöüâîûÇĞİŞÖÜ’‘“”–—…",
    "cp1253": "άέήίόύώϊΐΆΈΉΊΌΎΏ’‘“”–—…",
}
LONGEST = 500
"""Longer texts, such as lyrics, have no say."""
_CUT = 28
"""ID3v1 cuts texts after 28 or 30 bytes."""
_NO_TEXT = ("Cc", "Cn", "Co", "Cs")
_MARKS = frozenset("’‘“”–—…«»№„´°·")
_VOWELS = frozenset("аеёиоуыэюяіїє")
_NOT_CYRILLIC = re.compile("^[ьъы]|[аеёиоуыэюя][ьъ]", re.IGNORECASE)
_TONOS = frozenset("άέήίόύώΐΰΆΈΉΊΌΎΏ")
_LEAST_GAIN = 0.3
"""A text that claims to be Unicode is only taken for another where that much speaks for it."""


def repair_texts(texts: Mapping[str, str], *, legacy: Iterable[str] = ()) -> dict[str, str]:
    """Return a file's texts, with those decoded that are in a legacy encoding.

    Names in `legacy` are of texts whose characters stand for bytes (Latin-1). Texts with lone
    surrogates, which stand for bytes that are no UTF-8, are such by themselves.
    """
    sure = {name for name in legacy if name in texts}
    raw: dict[str, bytes] = {}
    for name, text in texts.items():
        if not text.isascii() and (data := _bytes_of(text, sure=name in sure)) is not None:
            raw[name] = data
            if any("\udc80" <= char <= "\udcff" for char in text):
                sure.add(name)
    evidence = tuple(data for data in raw.values() if len(data) <= LONGEST)
    found = _encoding_of(evidence, sure=bool(sure & raw.keys())) if evidence else None
    repaired = dict(texts)
    for name, data in raw.items():
        if found is not None and (decoded := _decoded(data, found)) is not None:
            repaired[name] = decoded
        elif name in sure:
            repaired[name] = _decoded(data, "cp1252") or data.decode("latin-1")
    return {name: _without_surrogates(text) for name, text in repaired.items()}


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _bytes_of(text: str, *, sure: bool) -> bytes | None:
    """Return the bytes that a text was read from; None where it is surely no legacy text."""
    if any("\udc80" <= char <= "\udcff" for char in text):
        return text.encode("utf-8", "surrogateescape")
    data = bytearray()
    for char in text:
        if ord(char) < 0x100:
            data.append(ord(char))
        elif not sure and len(encoded := char.encode("cp1252", "ignore")) == 1:
            data += encoded  # a program may have taken the bytes for Windows' Latin-1
        else:
            return None
    return bytes(data)


@lru_cache(maxsize=4096)
def _encoding_of(texts: tuple[bytes, ...], *, sure: bool) -> str | None:
    """Return the likeliest encoding; None where the texts are best left as they are read."""
    if all(_decoded(data, "utf_8") is not None for data in texts):
        return "utf_8"
    costs = {}
    for encoding, prior in PRIORS.items():
        decoded = [_decoded(data, encoding) for data in texts]
        if None not in decoded:
            costs[encoding] = prior + _cost("\n".join(t for t in decoded if t), encoding)
    if not costs:
        return None
    least = min(costs.values())
    close = [encoding for encoding, cost in costs.items() if cost < least + 0.05]
    best = (
        min(costs, key=costs.__getitem__)
        if len(close) == 1
        else _least_mess(b"\n".join(texts), close)
    )
    if not sure and costs.get("cp1252", 9.0) - costs[best] < _LEAST_GAIN:
        return None
    return best


def _least_mess(data: bytes, encodings: list[str]) -> str:
    """Return the encoding that charset-normalizer finds least mess in, the first if alike."""
    from charset_normalizer import from_bytes

    found = from_bytes(data, cp_isolation=encodings, threshold=0.9)
    chaos = {match.encoding: match.chaos for match in found}
    return min(encodings, key=lambda encoding: chaos.get(encoding, 1.0))


def _decoded(data: bytes, encoding: str) -> str | None:
    """Decode strictly; a character that ID3v1 cut in two at the end is left off."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, final=len(data) < _CUT)
    except UnicodeDecodeError:
        return None
    if text.isascii() or any(unicodedata.category(char) in _NO_TEXT for char in text if char > "~"):
        return None
    return text


def _cost(text: str, encoding: str) -> float:
    """Return how unlikely a decoded text is: 0 for one that reads well, 1 for nonsense."""
    foreign = [char for char in text if not char.isascii()]
    strange = sum(not _is_used(char, encoding) for char in foreign) / max(len(foreign), 1)
    words = [word for word in text.split() if not word.isascii()]
    return strange + sum(map(_word_cost, words)) / max(len(words), 1)


@lru_cache(maxsize=65_536)
def _is_used(char: str, encoding: str) -> bool:
    """Tell whether texts in this encoding often hold the character."""
    if char in _MARKS:
        return True
    point = ord(char)
    if encoding in ("cp932", "gb18030", "big5", "cp949"):
        return _is_common_east_asian(char, encoding)
    if encoding in ("cp1251", "koi8_r", "cp866"):
        return char in "ёЁіїєґІЇЄҐ" or 0x410 <= point <= 0x44F
    if encoding == "cp1255":
        return 0x5D0 <= point <= 0x5EA
    if encoding == "cp1256":
        return 0x621 <= point <= 0x64A or char in "پچژگ،؟"
    if encoding == "cp874":
        return 0xE01 <= point <= 0xE4E
    return char in _USED[encoding] or (encoding == "cp1253" and 0x391 <= point <= 0x3C9)


def _is_common_east_asian(char: str, encoding: str) -> bool:
    """Tell it by the character's place: standards put frequent ones into their first level."""
    point, first = ord(char), char.encode(encoding)[0]
    if 0xFF61 <= point <= 0xFF9F or 0xE000 <= point <= 0xF8FF:
        return False  # half-width kana are what single bytes of other encodings look like
    if 0x3000 <= point <= 0x30FF or 0xFF01 <= point <= 0xFF5E:
        return encoding == "cp932" or not 0x3040 <= point <= 0x30FF
    ranges = {"cp932": (0x88, 0x97), "gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6)}
    if encoding == "cp949":
        return 0xAC00 <= point <= 0xD7A3 and len(char.encode("euc_kr", "ignore")) == 2
    low, high = ranges[encoding]
    return low <= first <= high and char.isalpha()


def _word_cost(word: str) -> float:
    """Return 1 for a word of several scripts, with capitals inside, or of accents only."""
    letters = "".join(char for char in word if char.isalpha())
    if not letters:
        return 0.5
    scripts = {_script(char) for char in letters}
    if len(scripts - {"CJK", "HIRAGANA", "KATAKANA"}) > (scripts <= {"CJK", "HANGUL"}):
        return 1.0 if len(scripts) > 1 else _shape_cost(letters, word)
    return 0.0


def _shape_cost(letters: str, word: str) -> float:
    """Return the cost of a word of one script by its capitals, vowels, accents and signs."""
    script = _script(letters[0])
    cost = 0.0
    if not letters.isupper() and any(char.isupper() for char in letters[1:]):
        cost += 0.7
    if any(not char.isalnum() and not char.isascii() and char not in _MARKS for char in word):
        cost += 0.4
    accented = sum(not char.isascii() for char in letters)
    if script == "LATIN" and len(letters) > 1 and accented > 0.6 * len(letters):
        cost += 0.8
    if script == "CYRILLIC" and len(letters) > 2 and not _VOWELS & set(letters.lower()):
        cost += 0.6
    if script == "CYRILLIC" and _NOT_CYRILLIC.search(letters):
        cost += 0.6
    if script == "GREEK" and len(letters) > 3 and letters.islower() | letters[1:].islower():
        cost += 0.0 if _TONOS & set(letters) else 0.5
    if script == "GREEK" and "ς" in letters[:-1]:
        cost += 0.5
    if script == "HEBREW" and set(letters[:-1]) & set("ךםןףץ"):
        cost += 0.6
    return min(cost, 1.0)


@lru_cache(maxsize=65_536)
def _script(char: str) -> str:
    if char == "ー":
        return "KATAKANA"
    return unicodedata.name(char, "?").split()[0].removesuffix("WIDTH")
