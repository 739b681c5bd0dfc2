"""Undo by click: from the bar after a change, and from the history."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from genrefit.library import genres as definitions
from genrefit.library import open_library
from genrefit.records import Song
from tests.browser.conftest import SOON

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def labels(home):
    with open_library(home) as library:
        return {song.song_id: song.genres for song in library.songs()}


def test_a_genre_is_removed_and_brought_back_and_the_bar_is_in_sight(serve, browse):
    home = serve.home
    for name in ("jazz", "folk"):
        definitions.add(home, name, [f"/music/{name}"])
    with open_library(home) as library:
        for number, names in enumerate((("jazz",), ("jazz", "folk"), ("folk",))):
            library.add(Song(f"s{number}", f"k{number}", f"/{number}.mp3", f"T{number}", "A", 9.0,
                             f"c{number}", names), {})  # fmt: skip
    before = labels(home), definitions.read(home)
    tab = browse(serve, height=700)
    tab.open("genres")
    tab.page.locator(".st-key-change-genre").get_by_text("jazz", exact=True).click()
    tab.settled()
    tab.button("Remove this genre").click()
    box = tab.page.get_by_text("Also forget its 1 song that no other genre has")
    box.click()
    tab.settled()
    tab.page.get_by_role("button", name="Yes, remove it").click()
    bar = tab.page.locator(".st-key-undo-bar")
    expect(bar).to_contain_text("Removed the genre jazz with its songs", timeout=SOON)
    expect(bar).to_be_in_viewport()
    assert labels(home) == {"s1": ("folk",), "s2": ("folk",)}
    bar.get_by_role("button", name="Undo").click()
    expect(bar.get_by_role("button", name="Do it again")).to_be_visible(timeout=SOON)
    assert (labels(home), definitions.read(home)) == before
    bar.get_by_role("button").last.click()
    expect(bar).to_have_count(0, timeout=SOON)
    tab.settled()
    tab.page.get_by_text("History: what you changed").click()
    tab.button("Do it again").first.click()
    expect(bar.get_by_role("button", name="Undo")).to_be_visible(timeout=SOON)
    assert set(definitions.read(home)) == {"folk"}
