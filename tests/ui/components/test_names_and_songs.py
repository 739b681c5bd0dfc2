from genrefit.learning.report import LevelMetrics
from genrefit.ui.components.names_and_songs import numbers


def metrics(share: float, **intervals) -> LevelMetrics:
    return LevelMetrics(share, 0.7, 0.5, 0.9, 0.1, 0.25, {}, intervals or None)


def test_each_voice_is_a_row_with_its_intervals():
    frame = numbers(
        {"Names alone": metrics(0.81, accuracy=(0.7, 0.9), log_loss=(0.8, 1.0)),
         "Both": metrics(0.84)}
    )  # fmt: skip
    assert frame["By"].tolist() == ["Names alone", "Both"]
    assert frame["Accuracy"].tolist() == ["81 % (70 to 90)", "84 %"]
    assert frame["Log loss"].tolist() == ["0.90 (0.80 to 1.00)", "0.90"]
