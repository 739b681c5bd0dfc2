"""What holds of every figure: titled, transparent, and text takes the page's colour."""

from __future__ import annotations

import json

import pytest

from tests.plots.conftest import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_titled_transparent_and_without_text_colours(drawn, name):
    figure = drawn[name]
    assert figure.layout.xaxis.title.text and figure.layout.yaxis.title.text
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    written = json.loads(figure.to_json())
    assert written["data"]
    # Text on a heat map's cells stands on their colour, not on the page's.
    written["data"] = [trace for trace in written["data"] if trace["type"] != "heatmap"]
    assert not list(text_colours(written))
    assert figure.to_html(include_plotlyjs=False)


def text_colours(part, path=()):
    """Yield the paths of all colours that are set for text."""
    if isinstance(part, dict):
        for key, inner in part.items():
            if key == "color" and any("font" in str(step).lower() for step in path):
                yield path
            yield from text_colours(inner, (*path, key))
    elif isinstance(part, list):
        for i, inner in enumerate(part):
            yield from text_colours(inner, (*path, i))
