from genrefit.cli import doctor
from genrefit.library import genres, open_library


def by_name(found):
    return {check["what"]: check for check in found["checks"]}


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
    found = doctor.examine(home)
    checks = by_name(found)
    assert "not valid JSON" in checks["genres"]["found"]
    assert "damaged" in checks["library"]["found"]
    assert not checks["library"]["well"]
    assert checks["library"]["needed"]
    assert found["versions"]["yt-dlp"]
