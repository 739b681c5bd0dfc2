"""Hearing what a number stands for: the timeline, behind a cell, why; and that a reload loses
nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import LATER, SOON, Tab
from tests.browser.test_pictures import a_song, choose, enter_query

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


def timeline(tab: Tab) -> Locator:
    """Return the timeline of a song."""
    slider = tab.page.get_by_role("slider", name=re.compile("moment by moment$"))
    expect(slider).to_be_visible(timeout=SOON)
    return slider


def plays_from(tab: Tab, seconds: float) -> None:
    """Wait until some player of the page has gone on from there, and stop it."""
    tab.page.wait_for_function(
        "at => [...document.querySelectorAll('audio')].some(a => !a.paused && a.currentTime >= at)",
        arg=seconds,
        timeout=SOON,
    )
    tab.page.evaluate("document.querySelectorAll('audio').forEach(audio => audio.pause())")


def at(tab: Tab) -> int:
    return int(timeline(tab).get_attribute("aria-valuenow") or -1)


def test_the_timeline_plays_where_it_is_clicked_and_by_keys(demo, browse):
    tab = browse(demo)
    tab.open("score")
    tab.drop(a_song(demo))
    tab.says("1 song scored.", timeout=LATER)
    stage = timeline(tab)
    expect(tab.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(tab.page.locator("audio")).to_be_attached()
    expect(tab.page.locator("audio")).not_to_be_visible()  # the timeline drives it
    length = int(stage.get_attribute("aria-valuemax") or 0)
    box = stage.bounding_box()
    assert box is not None and length > 20
    stage.click(position={"x": box["width"] * 15 / length, "y": box["height"] / 2})
    plays_from(tab, 15)
    assert at(tab) >= 15
    expect(stage).to_have_attribute("aria-valuetext", re.compile(r"^0:1\d: Demo .+ \d+ %"))
    stage.focus()
    tab.page.keyboard.press("Home")
    assert at(tab) == 0
    tab.page.keyboard.press("ArrowRight")
    assert at(tab) == 10
    tab.page.keyboard.press("Space")
    plays_from(tab, 10.2)
    expect(tab.page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=SOON)
    before = stage.get_attribute("aria-label")
    tab.page.reload()
    tab.settled()
    expect(timeline(tab)).to_have_attribute("aria-label", str(before), timeout=SOON)


def test_a_moment_behind_a_cell_is_heard(demo, browse):
    tab = browse(demo)
    tab.open("judge")
    choose(tab, "Mix-ups")
    choose(tab, "By segments")
    tab.says(re.compile(r"^\d+ segments? of Demo .+ taken for Demo"))
    table = tab.page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    tab.page.mouse.click(box["x"] + 16, box["y"] + 52)  # the tick of the first row
    card = tab.page.locator(".st-key-behind-card")
    expect(card).to_be_visible(timeout=SOON)
    moment = card.get_by_role("button", name=re.compile(r"^▶ \d+:\d\d$")).first
    words = moment.inner_text()
    minutes, seconds = map(int, words.split()[1].split(":"))
    moment.click()
    plays_from(tab, 60 * minutes + seconds)
    tab.button("Next").click()
    tab.settled()
    expect(card).to_be_visible(timeout=SOON)


def test_accuracy_is_one_number_on_every_page(demo, browse):
    tab = browse(demo)
    found = set()
    for page in ("", "judge"):
        tab.open(page)
        tab.says(re.compile("songs? by artists it never heard"))
        text = tab.page.get_by_test_id("stMain").inner_text()
        match = re.search(r"Right for (\d+) of 100 songs by artists it never heard", text)
        assert match, page
        found.add(match[1])
    accuracy = tab.page.get_by_test_id("stMetric").filter(has_text="Accuracy").first
    found.add(re.search(r"(\d+) %", accuracy.inner_text())[1])
    assert len(found) == 1


def test_a_ticked_song_stands_in_sight_and_says_why_on_a_phone(demo, browse):
    tab = browse(demo)
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.open("find")
    enter_query(tab, "demo country but not demo hip hop")
    tab.says(re.compile(r"\d+ songs?, best first"))
    table = tab.page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    tab.page.mouse.click(box["x"] + 16, box["y"] + 52)
    card = tab.page.locator(".st-key-song-card")
    expect(card).to_be_in_viewport(timeout=SOON)
    tab.page.get_by_text("Why?", exact=True).click()
    tab.says(re.compile("^What spoke for Demo Country"))
    tab.says(re.compile("^Your songs of Demo Hip Hop that sound most like it"))
