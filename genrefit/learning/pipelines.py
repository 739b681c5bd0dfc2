"""Pipelines by name: each entry builds a scikit-learn pipeline from column names to likelihoods.

`svm` starts from the seed's best parameters (C=8, gamma=0.25, tol=1e-4 on 20 columns);
`svm-drop` is the same without MFCC 9 and 11; `boosted` is PCA, then gradient boosted trees;
`logistic` is strongly regularised. `auto` is no pipeline: training picks one of these.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genrefit.errors import TrainError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

Parameters = Mapping[str, Any]
AUTO = "auto"
SEED_COLUMNS = 20
SVC_BUDGET = 9e8
"""Rows squared times columns that a support vector machine may cost: about 4 s a fit and 8 s with
its calibration (measured: 6,400 rows of 20 columns 3.4 s, 4,000 rows of 100 columns 2.9 s).
Beyond it, each song gives fewer segments. It lets the seed's 6,385 rows through."""
SVC_QUICK_BUDGET = 2.5e8
"""The same where many fits are compared (auto, grid): about 2 s with calibration."""
BOOSTED_ROWS, LOGISTIC_ROWS = 6_000, 60_000
CALIBRATION_FOLDS = 3
WIDE = 128
"""With more columns than this (the ear's), `auto` leaves all but `logistic` to the grid search: the
power transform of `svm` alone took 5 s a fit on 250 columns, and its song log loss on the ear was
0.82 where logistic regression's was 0.47; `boosted` took nine tenths of a training's time, and its
log loss was 0.60 (336 songs) where logistic regression's was 0.57."""
_LEAST_DISTINCT = re.compile(r"mfcc(9|11)(?!\d)")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of pipeline: how to build it, what to try, and how many rows it can bear."""

    what: str
    build: Callable[..., Pipeline]
    defaults: Parameters
    tuned: tuple[Parameters, ...]
    """Always tried, even without a grid search, because trying them is cheap."""
    grid: tuple[Parameters, ...]
    """Tried with a grid search."""
    rows: Callable[[int, bool], int]
    """The most rows to fit on, by number of columns and whether many fits are compared."""
    seconds: Callable[[float, int, int], float]
    """About how long a fit takes on one core, by rows, columns and genres."""


def svm(
    columns: Sequence[str],
    *,
    drop: Sequence[str] = (),
    seed: int = 0,
    C: float = 8.0,
    gamma: float = 0.25,
    tol: float = 1e-4,
) -> Pipeline:
    """Power transform, then a calibrated rbf support vector machine.

    `gamma` is for 20 columns and is scaled to their number, since squared distances grow with it.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.preprocessing import PowerTransformer
    from sklearn.svm import SVC

    remaining = len(columns) - len(set(drop) & set(columns))
    gamma *= SEED_COLUMNS / remaining
    machine = SVC(C=C, gamma=gamma, tol=tol, cache_size=500, random_state=seed)
    # SVC(probability=True) is deprecated in scikit-learn 1.9 and calibrates over leaking rows.
    calibrated = CalibratedClassifierCV(machine, ensemble=False, cv=CALIBRATION_FOLDS)
    return _pipeline(columns, drop, scale=PowerTransformer(), model=calibrated)


def svm_drop(columns: Sequence[str], *, drop: Sequence[str] = (), **options: Any) -> Pipeline:
    """Build `svm` without MFCC 9 and 11, which the seed found to tell genres apart least."""
    least = least_distinct(columns)
    if not least:
        raise TrainError(
            "svm-drop leaves out mfcc9 and mfcc11, but these features have neither: use svm"
        )
    return svm(columns, drop=(*drop, *least), **options)


def boosted(
    columns: Sequence[str],
    *,
    drop: Sequence[str] = (),
    seed: int = 0,
    components: float = 0.95,
    learning_rate: float = 0.15,
    max_iter: int = 40,
    max_leaf_nodes: int = 8,
) -> Pipeline:
    """Standardise, PCA to a share of the variance, then histogram gradient boosted trees."""
    from sklearn.decomposition import PCA
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.preprocessing import StandardScaler

    trees = HistGradientBoostingClassifier(
        learning_rate=learning_rate,
        max_iter=max_iter,
        max_leaf_nodes=max_leaf_nodes,
        l2_regularization=1.0,
        max_bins=64,  # quicker by a third than 255, and no worse in log loss
        early_stopping=False,
        random_state=seed,
    )
    turned = PCA(components, svd_solver="full")
    return _pipeline(columns, drop, scale=StandardScaler(), turn=turned, model=trees)


def logistic(
    columns: Sequence[str], *, drop: Sequence[str] = (), seed: int = 0, C: float = 0.01
) -> Pipeline:
    """Standardise, then logistic regression with strong regularisation."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    model = LogisticRegression(C=C, max_iter=500, random_state=seed)
    return _pipeline(columns, drop, scale=StandardScaler(), model=model)


def _svc_rows(columns: int, quick: bool) -> int:
    return int(((SVC_QUICK_BUDGET if quick else SVC_BUDGET) / columns) ** 0.5)


def _svc_seconds(rows: float, columns: int, genres: int) -> float:
    return 9e-9 * rows**2 * columns + 1.6e-6 * rows * columns


def _boosted_seconds(rows: float, columns: int, genres: int) -> float:
    return genres * (0.1 + 4e-5 * rows)


def _logistic_seconds(rows: float, columns: int, genres: int) -> float:
    return 2e-8 * rows * columns * genres


_SVM_GRID = tuple({"C": C, "gamma": gamma} for C in (0.5, 2.0, 8.0) for gamma in (0.02, 0.07, 0.25))
_BOOSTED_GRID = tuple(
    {"learning_rate": rate, "max_leaf_nodes": leaves} for rate in (0.05, 0.15) for leaves in (4, 8)
)
_LOGISTIC_C = tuple({"C": C} for C in (0.001, 0.01, 0.1, 1.0))
_LOGISTIC_GRID = tuple({"C": C} for C in (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0))

KINDS: dict[str, Kind] = {
    "logistic": Kind(
        "logistic regression, strongly regularised",
        logistic,
        {"C": 0.01},
        _LOGISTIC_C,
        _LOGISTIC_GRID,
        lambda d, quick: LOGISTIC_ROWS,
        _logistic_seconds,
    ),
    "svm": Kind(
        "power transform, then an rbf support vector machine (the seed's)",
        svm,
        {"C": 8.0, "gamma": 0.25, "tol": 1e-4},
        (),
        _SVM_GRID,
        _svc_rows,
        _svc_seconds,
    ),
    "svm-drop": Kind(
        "the same without MFCC 9 and 11",
        svm_drop,
        {"C": 8.0, "gamma": 0.25, "tol": 1e-4},
        (),
        _SVM_GRID,
        _svc_rows,
        _svc_seconds,
    ),
    "boosted": Kind(
        "PCA, then gradient boosted trees",
        boosted,
        {"learning_rate": 0.15, "max_leaf_nodes": 8},
        (),
        _BOOSTED_GRID,
        lambda d, quick: BOOSTED_ROWS,
        _boosted_seconds,
    ),
}
PIPELINES: dict[str, Callable[..., Pipeline]] = {name: kind.build for name, kind in KINDS.items()}


def least_distinct(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns made of MFCC 9 and 11."""
    return tuple(c for c in columns if _LEAST_DISTINCT.match(c))


def check(name: str, columns: Sequence[str], drop: Sequence[str]) -> None:
    """TrainError where there is no such pipeline or column to drop, or nothing would be left."""
    if name != AUTO and name not in KINDS:
        raise TrainError(
            f"there is no pipeline {name!r}: choose one of {', '.join([AUTO, *KINDS])}"
        )
    for column in drop:
        if column not in columns:
            near = difflib.get_close_matches(column, columns, n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {_listed(columns)}"
            raise TrainError(f"there is no feature {column!r} to drop: {hint}")
    if set(drop) >= set(columns):
        raise TrainError("every feature is to be dropped: keep at least one")
    if name == "svm-drop":
        svm_drop(columns, drop=drop)


def candidates(name: str, columns: Sequence[str], *, grid: bool) -> list[tuple[str, Parameters]]:
    """Return the (pipeline, parameters) that training compares, the simplest first."""
    names = [name]
    if name == AUTO:
        names = [kind for kind in KINDS if kind != "svm-drop" or least_distinct(columns)]
    if name == AUTO and len(columns) > WIDE and not grid:
        names = ["logistic"]
    choices: list[tuple[str, Parameters]] = []
    for each in names:
        kind = KINDS[each]
        tried = (kind.grid if grid else kind.tuned) or ({},)
        choices += [(each, {**kind.defaults, **parameters}) for parameters in tried]
    return choices


def seconds(name: str, rows: float, columns: int, genres: int, *, most: int) -> float:
    """Return about how many seconds of one core a fit on at most `most` rows takes."""
    return KINDS[name].seconds(min(rows, most), columns, genres)


def _pipeline(columns: Sequence[str], drop: Sequence[str], **steps: Any) -> Pipeline:
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

    named = list(steps.items())
    if dropped := set(drop):
        remaining = [number for number, column in enumerate(columns) if column not in dropped]
        named.insert(0, ("keep", ColumnTransformer([("keep", "passthrough", remaining)])))
    return Pipeline(named)


def _listed(names: Sequence[str], most: int = 12) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
