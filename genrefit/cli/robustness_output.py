"""The horse test on the command line: run with progress, then shown as a table and in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genrefit.cli.output import print_line, print_table
from genrefit.cli.progress import catch_interrupt, show_progress
from genrefit.config import Home
from genrefit.formatting import percent, percent_with_interval

if TYPE_CHECKING:
    from genrefit.judging.robustness import Robustness


def listen_altered(home: Home, model: str) -> Robustness:
    """Test a model on altered songs and keep the result."""
    from genrefit.judging import saved_robustness
    from genrefit.judging.robustness import robustness

    with show_progress() as show:
        tested = robustness(home, model, on_progress=show, cancelled=catch_interrupt())
    saved_robustness.save(home, tested)
    return tested


def print_robustness(tested: Robustness) -> None:
    """Print what each alteration does, and the warnings."""
    rows = [
        (
            "!" if each.warned else "",
            each.name,
            percent_with_interval(each.movement.mean, (each.movement.low, each.movement.high)),
            percent(each.flipped),
            percent(each.accuracy),
            each.unheard or "",
        )
        for each in tested.results
    ]
    if tested.yardstick is not None:
        halves = tested.yardstick
        between = percent_with_interval(halves.mean, (halves.low, halves.high))
        rows.insert(0, ("", "the other half of the song", between, "", "", ""))
    print_line()
    print_line(f"Altered sound (right as they are: {percent(tested.accuracy)}, in-sample)")
    head = ["", "alteration", "likelihoods move", "another genre", "right", "unheard"]
    print_table(rows, head)
    for sentence in tested.sentences():
        print_line(f"- {sentence}")
