import sqlite3

import numpy as np
import pytest

from genrefit.errors import GenrefitError
from genrefit.features import FEATURE_SETS
from genrefit.library import open_library
from genrefit.library.consistency import check
from genrefit.records import Features, Song
from tests.support.commands import run_command

WIDTH = len(FEATURE_SETS["classic"].columns)


@pytest.fixture
def sound(home, tmp_path):
    with open_library(home) as library:
        library.define_genre("jazz", ["/music"])
        for number in range(3):
            path = tmp_path / f"{number}.mp3"
            path.touch()
            rows = Features(np.array([0, 10], np.float32), np.ones((2, WIDTH), np.float32))
            song = Song(f"s{number}", f"k{number}", str(path), f"Song {number}", None, 20.0,
                        f"c{number}", ("jazz",))  # fmt: skip
            library.add(song, {"classic": rows})
    return home


def found(home) -> list[tuple[str, bool]]:
    with open_library(home) as library:
        return [(finding.sentence, finding.wrong) for finding in check(library)]


def test_a_sound_library_has_no_findings(sound, capsys):
    steps = []
    with open_library(sound) as library:
        assert check(library, on_progress=steps.append) == []
    assert [step.done for step in steps] == [0, 1, 2]
    assert run_command(sound.path, capsys, "library", "--check") == (
        0, "the library is sound\n", "checking: 0 of 3\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("DELETE FROM songs WHERE song_id = 's0'", "1 row of features belong to nothing"),
        ("DELETE FROM features WHERE song_id = 's1'", "1 song (Song 1) have no features"),
        ("DELETE FROM keys", "3 songs (Song 0, Song 1, Song 2) cannot be found under their own"),
        ("UPDATE features SET vals = x'00' WHERE song_id = 's0'", "(Song 0) with features of cl"),
        ("UPDATE features SET vals = x'', starts = x''", "classic: no segment"),
        ("UPDATE features SET width = 2, vals = zeroblob(16)", "2 columns where"),
        ("UPDATE features SET starts = zeroblob(8)", "segments out of order"),
        (f"UPDATE features SET vals = CAST(replace(hex(zeroblob({WIDTH * 4})), '00', x'ffff') AS "
         "BLOB)", "numbers that are not finite"),
        ("UPDATE genres SET sources = '{'", "Expecting property name"),
        ("INSERT INTO genres VALUES ('Jazz', 9, '[]', NULL)", "are one genre"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(sound, damage, sentence, capsys):
    db = sqlite3.connect(sound.library)
    db.execute(damage)
    db.commit()
    db.close()
    wrong = [said for said, is_wrong in found(sound) if is_wrong]
    assert any(sentence in said for said in wrong), wrong
    code, out, _ = run_command(sound.path, capsys, "library", "--check")
    assert code == 1 and "WRONG: " in out


def test_what_is_worth_knowing_is_no_fault(sound, tmp_path, capsys):
    (tmp_path / "1.mp3").unlink()
    with open_library(sound) as library:
        library.undefine_genre("jazz")
        library.remove_from_genre("s0", "jazz")
    assert found(sound) == [
        ("1 song (Song 0) are in no genre, so that nothing is learnt from them", False),
        ("1 genre (jazz) of songs are not defined any more", False),
        (f"1 file ({tmp_path / '1.mp3'}) that songs were collected from are gone", False),
    ]
    code, out, _ = run_command(sound.path, capsys, "library", "--check", "--json")
    assert code == 0 and '"wrong": false' in out


def test_a_damaged_page_is_told(sound):
    data = bytearray(sound.library.read_bytes())
    data[4096 * 3 : 4096 * 3 + 64] = b"\xff" * 64
    sound.library.write_bytes(data)
    try:
        assert any(wrong for _, wrong in found(sound))
    except GenrefitError as error:
        assert "damaged" in str(error) or "cannot be used" in str(error)
