"""Every page as it looks, and what only a browser can tell: links, clicks, keys, names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from genrefit import config
from tests.browser.conftest import LATER, MOMENTS, PAGES, SOON, Server, Tab, numbers, serving
from tests.support import songs

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]

SHOTS = config.CHECKOUT / "shots"
SCHEMES = ("light", "dark")
TALL = 2000
"""Pixels: a page is taller than a screen, and Streamlit scrolls inside of it."""


@pytest.fixture(scope="module")
def empty_server(tmp_path_factory) -> Iterator[Server]:
    """The server on an empty home that stays so."""
    with serving(config.home(tmp_path_factory.mktemp("nothing") / "home")) as server:
        yield server


def shoot(tab: Tab, name: str) -> None:
    """Write what a tab shows to a folder that git ignores."""
    SHOTS.mkdir(exist_ok=True)
    tab.settled()
    tab.page.screenshot(path=SHOTS / f"{name}.png", animations="disabled")


def check_no_error(tab: Tab) -> None:
    """Fail where the page shows an error of ours, or one of Streamlit's."""
    main = tab.page.get_by_test_id("stMain")
    expect(main.get_by_test_id("stException")).to_have_count(0)
    expect(main.get_by_text("Something went wrong in genrefit")).to_have_count(0)


# How it looks


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_of_an_empty_home(empty_server, browse, scheme):
    tab = browse(empty_server, scheme=scheme, height=1200)
    for page in PAGES:
        tab.open("" if page == "home" else page)
        check_no_error(tab)
        shoot(tab, f"empty-{page}-{scheme}")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_of_the_demo(demo, browse, scheme):
    tab = browse(demo, scheme=scheme, height=TALL)
    for page in PAGES:
        tab.open("" if page == "home" else page)
        tab.says("Synthetic demo.")
        check_no_error(tab)
        if page not in ("explore", "judge", "score", "find"):
            shoot(tab, f"demo-{page}-{scheme}")
    tab.open("explore")
    for view in ("Map of songs", "What tells genres apart", "Two features", "Labels to check"):
        choose(tab, view)
        check_no_error(tab)
        shoot(tab, f"demo-explore-{slug(view)}-{scheme}")
    tab.open("judge")
    for view in ("Overview", "Mix-ups", "Curves", "Compare"):
        choose(tab, view)
        check_no_error(tab)
        shoot(tab, f"demo-judge-{slug(view)}-{scheme}")
    tab.open("score")
    tab.drop(a_song(demo))
    tab.says("1 song scored.", timeout=LATER)
    tab.says(MOMENTS)
    shoot(tab, f"demo-score-{scheme}")
    tab.open("find")
    enter_query(tab, "demo country but not demo hip hop")
    tab.says(re.compile(r"\d+ songs?, best first"))
    shoot(tab, f"demo-find-{scheme}")


def slug(view: str) -> str:
    return view.lower().replace(" ", "-")


def a_song(server: Server) -> Path:
    return sorted((server.home.data / "demo-songs" / "country").iterdir())[3]


def choose(tab: Tab, choice: str) -> None:
    tab.page.get_by_role("radio", name=choice, exact=True).click()
    expect(tab.page.get_by_role("radio", name=choice, exact=True)).to_be_checked(timeout=SOON)
    tab.settled()


def enter_query(tab: Tab, question: str) -> None:
    box = tab.page.get_by_role("textbox", name="What are you looking for?")
    box.fill(question)
    box.press("Enter")


# Addresses


@pytest.mark.parametrize("page", PAGES)
def test_a_deep_link_is_right_just_after_the_server_was_started(serve, browse, page):
    tab = browse(serve)
    tab.open("" if page == "home" else page)
    title = "genrefit" if page == "home" else page.capitalize()
    expect(tab.title(title)).to_be_visible(timeout=SOON)
    expect(tab.page.get_by_role("navigation").get_by_role("link")).to_have_count(len(PAGES))
    expect(tab.page.get_by_text("Page not found")).to_have_count(0)
    expect(tab.page.get_by_role("dialog")).to_have_count(0)


# Clicks in pictures


def click(tab: Tab, x: object, y: object, *, figure: int = 0) -> None:
    """Click a point of a picture as a hand does: come near, see what it is, press."""
    plot = tab.page.locator(".js-plotly-plot").nth(figure)
    expect(plot).to_be_visible(timeout=SOON)
    across, up = plot.evaluate(
        """(plot, [x, y]) => {
            plot.scrollIntoView({block: 'center'});
            const {xaxis, yaxis} = plot._fullLayout, edge = plot.getBoundingClientRect();
            return [edge.left + xaxis._offset + xaxis.d2p(x),
                    edge.top + yaxis._offset + yaxis.d2p(y)];
        }""",
        [x, y],
    )
    tab.page.mouse.move(across - 4, up - 4)
    tab.page.mouse.move(across, up, steps=4)
    expect(plot.locator(".hoverlayer .hovertext").first).to_be_visible(timeout=SOON)
    # plotly looks at the mouse every 50 ms, and loses a click that comes before it has looked.
    tab.page.wait_for_timeout(300)
    tab.page.mouse.down()
    tab.page.mouse.up()


def test_a_click_on_a_cell_shows_what_is_behind_it(demo, browse):
    tab = browse(demo)
    tab.open("judge")
    choose(tab, "Mix-ups")
    click(tab, "Demo Waltz", "Demo Waltz")
    tab.says(re.compile(r"^\d+ songs? of Demo Waltz rightly known as Demo Waltz"))
    click(tab, "Demo Punk", "Demo Drone")
    tab.says(re.compile(r"^\d+ songs? of Demo Drone taken for Demo Punk"))


def test_a_click_on_a_song_of_the_map_shows_its_card(demo, browse):
    tab = browse(demo)
    tab.open("explore")
    points = next(trace for trace in tab.figure() if trace["type"].startswith("scatter"))
    x, y = numbers(points["x"]), numbers(points["y"])
    apart = np.hypot(x[:, None] - x, y[:, None] - y) + np.diag(np.full(len(x), np.inf))
    lonely = int(apart.min(axis=1).argmax())  # no other point lies on top of it
    click(tab, float(x[lonely]), float(y[lonely]))
    card = tab.page.locator(".st-key-song-card")
    expect(card).to_be_visible(timeout=SOON)
    expect(card.get_by_text(str(points["name"])).first).to_be_visible(timeout=SOON)
    expect(card.locator("audio")).to_be_attached()


def test_one_bad_file_of_three_gets_a_sentence_and_the_others_go_on(demo, browse, tmp_path):
    good = songs.write(tmp_path / "good.wav", 1)
    fake, text = tmp_path / "fake.mp3", tmp_path / "notes.txt"
    fake.write_bytes(os.urandom(50_000))
    text.write_text("no music")
    tab = browse(demo)
    tab.open("score")
    tab.drop(fake, good, text)
    tab.says("1 song scored, 2 could not be.", timeout=LATER)
    alerts = tab.page.get_by_role("alert")
    expect(alerts.filter(has_text="fake.mp3")).to_be_visible(timeout=SOON)
    expect(alerts.filter(has_text="a .txt file is no audio")).to_be_visible(timeout=SOON)
    tab.says(MOMENTS)


# Keyboard and names


@pytest.mark.parametrize("page", ["", "find"])
def test_every_control_can_be_reached_by_tab(demo, browse, page):
    tab = browse(demo)
    tab.open(page)
    wanted = set(tab.page.evaluate(CONTROLS))
    assert len(wanted) > 10
    tab.page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(4 * len(wanted)):
        tab.page.keyboard.press("Tab")
        reached.append(tab.page.evaluate("window.numberOf(document.activeElement)"))
        if wanted <= set(reached):
            break
    missing = sorted(wanted - set(reached))
    unreachable = tab.page.evaluate(
        "ns => ns.map(n => window.controls[n].outerHTML.slice(0, 200))", missing
    )
    assert unreachable == []


CONTROLS = """() => {
    // What a hand can use. Of a row of choices or tabs one takes the focus, arrows do the rest.
    const can = 'a[href], button, input, textarea, select, summary, '
        + '[role=slider], [role=radio], [role=tab]';
    const seen = e => e.checkVisibility({visibilityProperty: true})
        && e.getBoundingClientRect().width > 1 && !e.disabled
        && !e.closest('[aria-hidden=true], [inert]')
        && !e.matches('[tabindex="-1"][aria-haspopup=listbox]');  // its combobox opens by arrow
    const row = e => e.closest('[role=radiogroup], [role=tablist]');
    window.controls = [...document.querySelectorAll(can)].filter(seen);
    window.numberOf = e =>
        window.controls.findIndex(c => c === e || (row(c) && row(c) === row(e)));
    return [...new Set(window.controls.map(window.numberOf))];
}"""
NAMED = {"textbox", "searchbox", "combobox", "spinbutton", "slider", "checkbox", "radio", "switch",
         "button", "link", "tab"}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name(demo, browse, page):
    tab = browse(demo)
    tab.open("" if page == "home" else page)
    devtools = tab.page.context.new_cdp_session(tab.page)
    devtools.send("Accessibility.enable")
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    controls = [n for n in nodes if not n.get("ignored") and n["role"]["value"] in NAMED]
    assert len(controls) > len(PAGES)
    nameless = [
        n["role"]["value"] for n in controls if not n.get("name", {}).get("value", "").strip()
    ]
    assert nameless == []
