"""How good a model is, drawn: reliability, learning curve, and what a leak would have claimed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from genrefit.learning.report import LeakyMetrics
from genrefit.plots.colours import ACCENT, FAINT, NEUTRAL, PALETTE, styled

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from genrefit.learning.metrics import ReliabilityBin
    from genrefit.learning.report import CurvePoint, LevelMetrics, Report

MANY = 100
"""So many songs or segments are enough for a line through their reliability."""


def reliability(bins: Sequence[ReliabilityBin], *, of: str = "songs") -> Figure:
    """Draw how often guesses are right against the likelihood that was claimed.

    `bins` have low, high, confidence, accuracy (0 to 1) and n; customdata of a point is
    (low, high, n). On the diagonal a likelihood means what it says. Fewer than MANY are not joined
    by a line: it would be a zigzag between chance results.
    """
    from plotly.graph_objects import Figure, Scatter

    most = max((part.n for part in bins), default=1)
    figure = Figure(
        [
            Scatter(
                x=[0, 100], y=[0, 100], mode="lines", name="means what it says",
                line={"color": NEUTRAL, "dash": "dash"}, hoverinfo="skip",
            ),
            Scatter(
                x=[100 * part.confidence for part in bins],
                y=[100 * part.accuracy for part in bins],
                customdata=[[part.low, part.high, part.n] for part in bins],
                mode="lines+markers" if sum(part.n for part in bins) >= MANY else "markers",
                name="this model",
                line={"color": ACCENT},
                marker={"size": [8 + 16 * (part.n / most) ** 0.5 for part in bins]},
                cliponaxis=False,
                hovertemplate=f"%{{customdata[2]}} {of}: said %{{x:.0f}}%, right %{{y:.0f}}%"
                "<extra></extra>",
            ),
        ]
    )  # fmt: skip
    styled(figure, x="likelihood of the best genre (%)", y=f"{of} guessed right (%)", height=380)
    figure.update_xaxes(range=[0, 102])
    figure.update_yaxes(range=[0, 102])
    return figure.update_layout(legend={"orientation": "h", "y": 1.1})


def learning_curve(points: Sequence[CurvePoint]) -> Figure:
    """Draw accuracy by the number of songs learned from, with its 95 % interval.

    `points` have songs, accuracy, low and high (0 to 1); customdata of a point is (low, high).
    """
    from plotly.graph_objects import Figure, Scatter

    x = [point.songs for point in points]
    edges = [100 * point.high for point in points] + [100 * p.low for p in reversed(points)]
    figure = Figure(
        [
            Scatter(
                x=x + x[::-1], y=edges, fill="toself", fillcolor=FAINT, line={"width": 0},
                mode="lines", name="95 % interval", hoverinfo="skip",
            ),
            Scatter(
                x=x,
                y=[100 * point.accuracy for point in points],
                customdata=[[100 * point.low, 100 * point.high] for point in points],
                mode="lines+markers",
                name="accuracy",
                line={"color": ACCENT},
                hovertemplate="learned from %{x} songs: right for %{y:.0f}% "
                "(%{customdata[0]:.0f} to %{customdata[1]:.0f}%)<extra></extra>",
            ),
        ]
    )  # fmt: skip
    styled(figure, x="songs learned from", y="songs guessed right (%)", height=380)
    figure.update_yaxes(range=[0, 102])
    return figure.update_layout(legend={"orientation": "h", "y": 1.1})


def leak_gap(report: Report) -> Figure:
    """Draw what the same pipeline claims when segments of one song stand on both sides of the
    split, beside what is true of songs it never heard.

    customdata of a bar is (level, protocol). The dotted line is always guessing the biggest genre.
    """
    from plotly.graph_objects import Bar, Figure, Scatter

    protocol = report.protocol
    unheard = {"artist": "unheard artists", "song": "unheard songs"}.get(protocol, "leaky split")
    claim = report.row_protocol["segments"]
    bars: list[tuple[str, str, LeakyMetrics | LevelMetrics, str]] = [
        ("claimed by a leaky split", "segments", claim, "row"),
        (unheard, "segments", report.headline("segments"), protocol),
        (unheard, "songs", report.headline(), protocol),
    ]
    shares = [100 * measured.accuracy for _, _, measured, _ in bars]
    low, high = zip(*(_interval(measured) for _, _, measured, _ in bars), strict=True)
    x = [f"{level},<br>{name}" for name, level, _, _ in bars]
    figure = Figure(
        Bar(
            x=x,
            y=shares,
            customdata=[[level, judged_by] for _, level, _, judged_by in bars],
            marker={"color": [PALETTE[3], ACCENT, ACCENT]},
            text=[f"{share:.0f}%" for share in shares],
            textposition="inside",
            insidetextanchor="start",
            showlegend=False,
            error_y=_error_bars(shares, low, high),
            hovertemplate="%{y:.1f}% right<extra></extra>",
        )
    )
    guessing = 100 * report.headline().majority
    name = f"always guessing the biggest genre ({guessing:.0f}%)"
    line = {"color": NEUTRAL, "dash": "dot", "width": 3}
    figure.add_trace(
        Scatter(x=x, y=[guessing] * len(x), mode="lines", name=name, line=line, hoverinfo="name")
    )
    styled(figure, x="what was judged, and how", y="guessed right (%)", height=380)
    figure.update_yaxes(range=[0, 102])
    return figure.update_layout(legend={"orientation": "h", "y": 1.1}, showlegend=True)


def _interval(measured: LeakyMetrics | LevelMetrics) -> tuple[float, float]:
    """Return the accuracy's 95 % interval in percent, which never leaves the accuracy out.

    A leaky claim has no interval.
    """
    accuracy = low = high = measured.accuracy
    if not isinstance(measured, LeakyMetrics):
        low, high = measured.interval("accuracy")
    return 100 * min(low, accuracy), 100 * max(high, accuracy)


def _error_bars(
    shares: Sequence[float], low: Sequence[float], high: Sequence[float]
) -> dict[str, object]:
    return {
        "array": [top - share for top, share in zip(high, shares, strict=True)],
        "arrayminus": [share - bottom for bottom, share in zip(low, shares, strict=True)],
        "color": NEUTRAL,
        "width": 0,  # a cap would stand on the claim too, which has no interval
    }
