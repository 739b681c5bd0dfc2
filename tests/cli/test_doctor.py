from datetime import date

import pytest

from genrefit.cli import doctor
from genrefit.library import genres, open_library


def by_name(examination):
    return {check["what"]: check for check in examination.to_json()["checks"]}


def test_a_fresh_home_says_what_to_do_next(home):
    checks = by_name(doctor.examine(home))
    assert "genrefit genres add" in checks["genres"]["mend"]
    assert "genrefit collect" in checks["library"]["mend"]
    assert checks["JavaScript runtime"]["well"], "deno comes with the requirements"
    assert "days" in checks["yt-dlp's age"]["found"]
    assert checks["free disk"]["found"].endswith("GB")
    assert not home.path.exists(), "looking changes nothing"


def test_a_home_in_use_is_counted(home):
    genres.add(home, "jazz")
    open_library(home).close()
    checks = by_name(doctor.examine(home))
    assert checks["genres"]["found"] == "1 defined"
    assert checks["library"]["found"] == "0 songs, 0 segments, 0 failed"


def test_damage_is_told_and_does_not_stop_the_rest(home):
    home.data.mkdir(parents=True)
    home.genres.write_text("{")
    home.library.write_bytes(b"junk" * 1000)
    examination = doctor.examine(home)
    checks = by_name(examination)
    assert "not valid JSON" in checks["genres"]["found"]
    assert "damaged" in checks["library"]["found"]
    assert not checks["library"]["well"]
    assert checks["library"]["needed"]
    assert examination.versions["yt-dlp"]


@pytest.mark.parametrize(
    ("today", "newest", "well"),
    [
        (date(2026, 9, 1), "2026.08.30", True),  # young: nothing is asked
        (date(2026, 12, 1), "2026.08.19", True),  # old, and still the newest
        (date(2026, 12, 1), "2026.11.20", False),
        (date(2026, 12, 1), None, True),  # the index cannot be asked
        (date(2027, 12, 1), None, False),
    ],
)
def test_yt_dlp_is_old_only_where_it_could_be_newer(today, newest, well):
    check = doctor.yt_dlp_age("2026.08.19", today, lambda _: newest)
    assert check.well is well
    assert "-m pip install -U" in check.remedy


def test_a_young_yt_dlp_needs_no_question():
    def ask(_):
        raise AssertionError("no one is asked")

    assert doctor.yt_dlp_age("2026.08.19", date(2026, 9, 1), ask).well


def test_without_pip_nothing_is_known_of_newer_releases(monkeypatch):
    monkeypatch.setattr(doctor.sys, "executable", "/nowhere/python")
    assert doctor.newest_release("yt-dlp") is None
