"""The page Genres."""

from __future__ import annotations

from pathlib import Path

import pytest

from genrefit import history
from genrefit.library import genres, open_library
from genrefit.records import Song
from tests.support import songs


def sources_by_genre(home):
    return {name: list(genre.sources) for name, genre in genres.read(home).items()}


def enter_genre(page, genre):
    form_number = page.at.session_state["add-form-number"]
    box = page.at.selectbox(key=f"add-genre-{form_number}")
    box.options.append(genre)  # typed, where the box offers no such option
    box.set_value(genre)


def enter_addresses(page, *lines):
    form_number = page.at.session_state["add-form-number"]
    page.at.text_area(key=f"add-sources-{form_number}").set_value("\n".join(lines))


def drop_files(page, *files):
    form_number = page.at.session_state["add-form-number"]
    page.at.file_uploader(key=f"add-files-{form_number}").set_value(
        [(name, content, "audio/wav") for name, content in files]
    )


@pytest.fixture
def wav(tmp_path):
    def wav_bytes(seed):
        return songs.write(tmp_path / "made" / f"{seed}.wav", seed).read_bytes()

    return wav_bytes


def test_an_empty_home_offers_a_form_and_an_example(home, open_page):
    page = open_page("genres")
    assert "There are no genres yet" in page.text
    assert genres.TERMS in page.text
    page.click("template-add")
    assert sources_by_genre(home) == {name: list(g.sources) for name, g in genres.example().items()}
    assert page.toasts


def test_a_genre_with_a_folder_is_added(home, open_page, tmp_path):
    songs.folder(tmp_path / "jazz", {"A - One.wav": 1, "B - Two.wav": 2})
    page = open_page("genres")
    enter_genre(page, "Jazz")
    enter_addresses(page, str(tmp_path / "jazz"))
    page.click("add-add")
    assert sources_by_genre(home) == {"Jazz": [str(tmp_path / "jazz")]}
    assert list(page.frame("Songs collected")["Source"]) == [str(tmp_path / "jazz")]


def test_a_preview_shows_title_artist_and_length_and_adds_nothing(home, open_page, tmp_path):
    songs.folder(tmp_path / "jazz", {"Ann - One.wav": 1, "Bob - Two.wav": 2})
    page = open_page("genres")
    enter_addresses(page, str(tmp_path / "jazz"))
    page.click("add-look")
    table = page.frame("Title", "Artist", "Length")
    assert list(table["Title"]) == ["One", "Two"]
    assert list(table["Artist"]) == ["Ann", "Bob"]
    assert list(table["Length"]) == ["0:11", "0:11"]
    assert sources_by_genre(home) == {}


@pytest.mark.parametrize(
    ("genre", "address", "message"),
    [
        ("jazz", "/no/such/folder", "no file or folder"),
        ("", "", "no address yet"),
        ("", "https://songs.example/list", "no name yet"),
        ("!!!", "https://songs.example/list", "no name for a genre"),
    ],
)
def test_what_cannot_be_added_is_one_sentence(home, open_page, genre, address, message):
    page = open_page("genres")
    if genre:
        enter_genre(page, genre)
    enter_addresses(page, address)
    page.click("add-add")
    assert len(page.errors) == 1 and message in page.errors[0]
    assert sources_by_genre(home) == {}
    assert page.has_button("template-add")  # the rest of the page is still there


def test_dropped_songs_are_kept_under_legible_safe_names(home, open_page, wav):
    page = open_page("genres")
    enter_genre(page, "Jazz")
    drop_files(
        page,
        ("../../Ann - So: What?.wav", wav(1)),
        ("Bob - Blué.wav", wav(2)),
        ("again.wav", b""),
        ("fake.mp3", b"this is no audio at all" * 50),
        ("cover.jpg", b"jpeg"),
    )
    page.click("add-files-add")
    folder = home.dropped / "jazz"
    assert sorted(p.name for p in folder.iterdir()) == ["Ann - So_ What_.wav", "Bob - Blué.wav"]
    assert sources_by_genre(home) == {"Jazz": [str(folder)]}
    text = page.text
    assert "again.wav" in text and "the file is empty" in text
    assert "fake.mp3" in text and "the file cannot be read as audio" in text
    assert "cover.jpg" in text and "neither audio nor a playlist" in text
    assert list(page.frame("Songs collected")["Source"]) == ["dropped songs: 2 files"]


def test_the_same_song_dropped_twice_is_kept_once(home, open_page, wav):
    page = open_page("genres")
    for _ in range(2):
        enter_genre(page, "Jazz")
        drop_files(page, ("Ann - One.wav", wav(1)))
        page.click("add-files-add")
    enter_genre(page, "Jazz")
    drop_files(page, ("Ann - One.wav", wav(3)))  # another song of that name
    page.click("add-files-add")
    names = sorted(p.name for p in (home.dropped / "jazz").iterdir())
    assert names == ["Ann - One (2).wav", "Ann - One.wav"]


def test_a_renamed_genre_keeps_its_dropped_songs_to_itself(home, open_page, wav):
    page = open_page("genres")
    enter_genre(page, "Jazz")
    drop_files(page, ("Ann - One.wav", wav(1)))
    page.click("add-files-add")
    genres.rename(home, "Jazz", "Bebop")
    page.go("genres")
    enter_genre(page, "Jazz")
    drop_files(page, ("Bob - Two.wav", wav(2)))
    page.click("add-files-add")
    sources = sources_by_genre(home)
    assert sources["Bebop"] != sources["Jazz"]
    assert [p.name for p in Path(sources["Jazz"][0]).iterdir()] == ["Bob - Two.wav"]


def test_removing_dropped_songs_asks_and_puts_them_aside(home, open_page, wav):
    page = open_page("genres")
    enter_genre(page, "Jazz")
    drop_files(page, ("Ann - One.wav", wav(1)))
    page.click("add-files-add")
    page.at.button_group(key="change-genre").set_value("Jazz").run()
    assert "**put aside**" in page.text
    assert (home.dropped / "jazz").exists()
    page.click("remove-source-0-Jazz-yes")
    assert sources_by_genre(home) == {"Jazz": []}
    assert not (home.dropped / "jazz").exists()
    history.undo(home)
    assert sources_by_genre(home) == {"Jazz": [str(home.dropped / "jazz")]}
    assert [p.name for p in (home.dropped / "jazz").iterdir()] == ["Ann - One.wav"]


def test_removing_a_source_never_touches_a_folder_of_ones_own(home, open_page, tmp_path):
    own = songs.folder(tmp_path / "mine", {"A - One.wav": 1})
    genres.add(home, "jazz", [str(own)])
    page = open_page("genres")
    page.at.button_group(key="change-genre").set_value("jazz").run()
    page.click("remove-source-0-jazz-yes")
    assert sources_by_genre(home) == {"jazz": []}
    assert (own / "A - One.wav").exists()


def test_a_genre_is_renamed_in_the_library_too(filled, open_page):
    page = open_page("genres")
    page.at.button_group(key="change-genre").set_value("jazz").run()
    page.at.text_input(key="rename-to-jazz").set_value("Bebop")
    page.click("rename")
    assert list(sources_by_genre(filled)) == ["country", "hip hop", "Bebop"]
    with open_library(filled) as library:
        assert library.summary()["genres"] == {"Bebop": 10, "country": 10, "hip hop": 10}


def test_a_taken_name_is_refused_beside_the_form(filled, open_page):
    page = open_page("genres")
    page.at.button_group(key="change-genre").set_value("jazz").run()
    page.at.text_input(key="rename-to-jazz").set_value("Hip-Hop")
    page.click("rename")
    assert len(page.errors) == 1 and "already" in page.errors[0]
    assert list(sources_by_genre(filled)) == ["country", "hip hop", "jazz"]
    assert page.has_button("add-add")


@pytest.mark.parametrize("forget", [False, True])
def test_a_genre_is_removed_with_its_songs_only_if_asked(filled, open_page, forget):
    page = open_page("genres")
    page.at.button_group(key="change-genre").set_value("jazz").run()
    if forget:
        page.at.checkbox(key="forget-jazz").check()
    page.click("remove-jazz-yes")
    assert list(sources_by_genre(filled)) == ["country", "hip hop"]
    with open_library(filled) as library:
        assert len(library.songs()) == (20 if forget else 30)
    if not forget:
        assert "though the genre is not here: jazz" in page.text


def test_genres_json_that_is_no_json_is_one_line(home, open_page):
    home.data.mkdir(parents=True)
    home.genres.write_text("{")
    page = open_page("genres")
    assert len(page.errors) == 1 and "not valid JSON" in page.errors[0]


def test_what_a_name_is_taken_for_is_shown_and_changed(home, open_page):
    for name in ("hard bop", "my stuff"):
        genres.add(home, name)
    page = open_page("genres")
    shown = next(t.value for t in page.at.dataframe if "Sounds like" in t.value.columns)
    assert shown["Sounds like"].tolist() == ["jazz", "its name does not tell"]
    page.at.button_group(key="change-genre").set_value("my stuff").run()
    (box,) = [box for box in page.at.multiselect if (box.key or "").startswith("likeness-")]
    assert box.value == []
    box.set_value(["soul", "Choir"]).run()
    page.at.button(key="likeness-save").click().run()
    assert not page.at.exception
    assert genres.read(home)["my stuff"].like == ("soul", "Soul music", "Choir")
    page.at.button(key="likeness-reset").click().run()
    assert genres.read(home)["my stuff"].like is None


def test_a_genre_may_be_a_name_alone_and_asks_for_songs_when_it_is_there(home, open_page):
    page = open_page("genres")
    enter_genre(page, "Hard Bop")
    page.click("add-add")
    assert not page.errors
    assert sources_by_genre(home) == {"Hard Bop": []}
    assert "sounds like jazz" in page.at.toast[0].value
    enter_genre(page, "Hard Bop")
    page.click("add-add")
    assert "no address yet" in page.errors[0]


def test_the_last_change_is_undone_from_its_message(filled, open_page):
    page = open_page("genres")
    page.at.button_group(key="change-genre").set_value("jazz").run()
    page.at.text_input(key="rename-to-jazz").set_value("Bebop")
    page.click("rename")
    number = history.entries(filled, 1)[0].number
    page.click(f"undo-{number}")
    assert list(sources_by_genre(filled)) == ["country", "hip hop", "jazz"]
    assert page.toasts == ["Undone: renamed jazz to Bebop."]
    page.click(f"undo-{number + 1}")
    assert list(sources_by_genre(filled)) == ["country", "hip hop", "Bebop"]
    page.go("collect")
    assert not page.has_button(f"undo-{number + 2}")


def test_the_history_lists_changes_and_undoes_each(filled, open_page):
    with open_library(filled) as library:
        library.put_in_genre(["jazz 0"], "country", alone=True)
        library.add_to_genre("jazz 0", "hip hop")
    newest = history.entries(filled, 1)[0].number
    page = open_page("genres")
    assert "moved 'Song jazz 0' to country" in page.text
    page.click(f"history-{newest - 1}")
    assert len(page.errors) == 1 and "Undo first" in page.errors[0]
    page.click(f"history-{newest}")
    page.click(f"history-{newest - 1}")
    with open_library(filled) as library:
        assert library.song("jazz 0").genres == ("jazz",)
    assert not page.has_button(f"history-{newest}")


def test_removal_counts_songs_that_no_other_genre_has(filled, open_page):
    with open_library(filled) as library:
        for number in range(3):
            library.add_to_genre(f"jazz {number}", "country")
    page = open_page("genres")
    page.at.button_group(key="change-genre").set_value("jazz").run()
    (box,) = [box for box in page.at.checkbox if box.key == "forget-jazz"]
    assert box.label == "Also forget its 7 songs that no other genre has"
    box.check()
    page.click("remove-jazz-yes")
    with open_library(filled) as library:
        assert len(library.songs()) == 23


def test_genres_of_imported_songs_are_added_at_a_click(filled, open_page):
    with open_library(filled) as library:
        library.add(Song("x", "x", "x.mp3", "X", None, 20.0, "x", ("polka", "ska")), {})
    page = open_page("genres")
    assert "polka, ska" in page.text
    page.click("define-all")
    assert {"polka", "ska"} <= set(genres.read(filled))
    assert not page.has_button("define-all")
