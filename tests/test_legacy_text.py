"""Texts in the encodings of old tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genrefit.legacy_text import PRIORS, repair_texts

# fmt: off
TEXTS = [
    ("cp1252", ["Björk", "Jóga"]),
    ("cp1252", ["Sigur Rós", "Hoppípolla"]),
    ("cp1252", ["Françoise Hardy", "Tous les garçons"]),
    ("cp1252", ["Die Ärzte", "Männersache"]),
    ("cp1252", ["Motörhead", "Ace"]),
    ("cp1252", ["Mägo de Oz", "Fiesta"]),
    ("cp1252", ["Mercedes Sosa", "¡Adiós, niño!"]),
    ("cp1252", ["Été", "Ça ira"]),
    ("cp1252", ["Zoé", ""]),
    ("cp1252", ["Með suð í eyrum", ""]),
    ("cp1252", ["Guns N’ Roses", "Don’t Cry"]),
    ("latin_1", ["Beyoncé", "Halo"]),
    ("cp1251", ["Кино", "Группа крови"]),
    ("cp1251", ["Сплин", ""]),
    ("cp1251", ["Алла Пугачёва", "Миллион алых роз"]),
    ("cp1251", ["Океан Ельзи", "Відпусти"]),
    ("cp1251", ["ДДТ", "Осень"]),
    ("cp1251", ["Би-2", ""]),
    ("koi8_r", ["Кино", "Группа крови"]),
    ("cp866", ["Кино", "Группа крови"]),
    ("cp932", ["椎名林檎", "丸の内"]),
    ("cp932", ["宇多田ヒカル", "First Love"]),
    ("cp932", ["サザンオールスターズ", "TSUNAMI"]),
    ("cp932", ["米津玄師", "Lemon"]),
    ("gb18030", ["周杰伦", "青花瓷"]),
    ("gb18030", ["王菲", ""]),
    ("big5", ["周杰倫", "青花瓷"]),
    ("cp949", ["방탄소년단", "봄날"]),
    ("cp949", ["아이유", "좋은 날"]),
    ("cp1250", ["Łódź", "Piosenka gęś"]),
    ("cp1253", ["Χάρις Αλεξίου", "Τα τραγούδια"]),
    ("cp1254", ["Barış Manço", "Gülpembe"]),
    ("cp1255", ["עברית", "שלום"]),
    ("cp1256", ["فيروز", "نسم علينا"]),
    ("cp874", ["คาราบาว", "เมดอินไทยแลนด์"]),
]
# fmt: on


@pytest.mark.parametrize(("encoding", "texts"), TEXTS)
def test_a_tag_in_an_old_encoding_is_decoded_as_a_whole(encoding, texts):
    written = dict(zip(("artist", "title"), texts, strict=True))
    as_latin = {name: text.encode(encoding).decode("latin-1") for name, text in written.items()}
    assert repair_texts(as_latin, legacy=as_latin) == written
    as_bytes = {
        name: text.encode(encoding).decode("utf-8", "surrogateescape")
        for name, text in written.items()
    }
    assert repair_texts(as_bytes) == written


@pytest.mark.parametrize(("encoding", "texts"), TEXTS)
def test_what_is_unicode_already_stays(encoding, texts):
    written = dict(enumerate(texts))
    assert repair_texts(written) == written


@pytest.mark.parametrize(("encoding", "texts"), TEXTS)
def test_utf_8_taken_for_latin_1_is_decoded(encoding, texts):
    written = dict(enumerate(texts))
    read_wrong = {name: text.encode().decode("latin-1") for name, text in written.items()}
    assert repair_texts(read_wrong, legacy=read_wrong) == written
    assert repair_texts(read_wrong) == written


def test_a_text_that_claims_to_be_unicode_is_mended_where_it_surely_is_not():
    read_wrong = {"artist": "Êèíî", "title": "Ãðóïïà êðîâè"}
    assert repair_texts(read_wrong) == {"artist": "Кино", "title": "Группа крови"}


def test_the_texts_of_a_file_decide_together():
    texts = {"title": "Áè", "artist": "Àëëà Ïóãà÷¸âà"}
    assert repair_texts(texts, legacy=texts) == {"title": "Би", "artist": "Алла Пугачёва"}


def test_a_character_that_id3v1_cut_in_two_is_left_off():
    whole = "サザンオールスターズの歌たちとうた".encode("cp932")[:29].decode("latin-1")
    assert (
        repair_texts({"title": whole}, legacy=["title"])["title"] == "サザンオールスターズの歌たち"
    )


@given(st.dictionaries(st.sampled_from("abc"), st.binary(max_size=40)), st.booleans())
def test_any_bytes_become_text_without_surrogates(fields, are_legacy):
    texts = {
        name: data.decode("latin-1") if are_legacy else data.decode("utf-8", "surrogateescape")
        for name, data in fields.items()
    }
    repaired = repair_texts(texts, legacy=texts if are_legacy else ())
    assert repaired.keys() == texts.keys()
    assert all(text.encode("utf-8") is not None for text in repaired.values())
    for name, data in fields.items():
        assert not data.isascii() or repaired[name] == data.decode("ascii")


@given(st.text(max_size=40).filter(lambda text: any(ord(char) > 0x24FF for char in text)))
def test_a_text_beyond_latin_1_is_never_touched(text):
    assert repair_texts({"title": text}) == {"title": text}


def test_every_encoding_is_known_to_python():
    assert all("é".encode(encoding, "replace") for encoding in PRIORS)
