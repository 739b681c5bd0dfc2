"""Train on partitioned songs: logistic regression by partial fits, judged on unheard artists.

Five models are fitted side by side, each without the artists of one fold. In every epoch each
partition goes on from the same weights by stochastic gradient descent, on any core or machine
(`parallel.each`), and their results are averaged by songs (M. Zinkevich et al., Parallelized
stochastic gradient descent, 2010). A song is judged by the model that left its fold out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from genrefit.errors import TrainError
from genrefit.parallel import each
from genrefit.partitions.columns import FOLDS, PartitionedSongs, read_partition
from genrefit.records import Progress
from genrefit.storage import whole_file, write_whole

EPOCHS = 4
PENALTY = 1e-4
FIRST_STEP = 0.02
"""The step of stochastic gradient descent in the first epoch, a half of it in the second, ..."""
MODEL, REPORT = "model.npz", "report.json"


@dataclass(frozen=True, slots=True)
class PartitionReport:
    """How good the models are on artists that they never heard; log loss in nats."""

    genres: tuple[str, ...]
    songs: int
    accuracy: float
    log_loss: float
    majority: float
    epochs: int

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class FoldModels:
    """Five logistic models: W [shape=(5, G, d)], b [shape=(5, G)], and how features are scaled."""

    genres: tuple[str, ...]
    centre: np.ndarray
    scale: np.ndarray
    W: np.ndarray
    b: np.ndarray

    def likelihoods(self, X: np.ndarray, fold: np.ndarray) -> np.ndarray:
        """Return likelihoods [shape=(n, G)], each song's by the model that left its fold out."""
        Z = (X - self.centre) / self.scale
        scores = np.empty((len(X), len(self.genres)))
        for f in np.unique(fold):
            rows = fold == f
            scores[rows] = Z[rows] @ self.W[f].T + self.b[f]
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def train_partitions(
    songs: PartitionedSongs,
    *,
    epochs: int = EPOCHS,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    n_jobs: int | None = None,
) -> PartitionReport:
    """Train, judge, and save model and report in the folder of the songs.

    TrainError where there are fewer than two genres of two songs each.
    """
    steps = len(songs.paths) * (epochs + 2)
    report = _Steps(on_progress, steps)
    sums = list(report.each(each(_sums_of, songs.paths, n_jobs=n_jobs)))
    models, counts = _first_models(songs, sums)
    for epoch in range(epochs):
        work = partial(_fitted, models, counts, FIRST_STEP / (1 + epoch), seed + epoch)
        models = _averaged(models, list(report.each(each(work, songs.paths, n_jobs=n_jobs))))
    judged = list(report.each(each(partial(_judged, models), songs.paths, n_jobs=n_jobs)))
    right, loss, number = (sum(part[i] for part in judged) for i in range(3))
    result = PartitionReport(
        models.genres,
        int(number),
        right / number,
        loss / number,
        max(counts.values()) / sum(counts.values()),
        epochs,
    )
    _save(songs.folder, models, result)
    return result


def _averaged(models: FoldModels, done: list[Any]) -> FoldModels:
    """Return the mean of what the partitions gave, each weighing as much as it has songs."""
    weights = np.array([numbers for _, _, numbers in done], float)
    share = weights / np.maximum(weights.sum(axis=0), 1e-9)
    W = np.einsum("pf,pfgd->fgd", share, np.array([W for W, _, _ in done]))
    b = np.einsum("pf,pfg->fg", share, np.array([b for _, b, _ in done]))
    return replace(models, W=W, b=b)


class _Steps:
    """Counts partitions for a progress."""

    def __init__(self, on_progress: Callable[[Progress], None] | None, total: int) -> None:
        self.on_progress, self.total, self.done = on_progress, total, 0

    def each(self, results: Any) -> Any:
        for result in results:
            self.done += 1
            if self.on_progress:
                self.on_progress(Progress("training", self.done, self.total))
            yield result


def _sums_of(path: Path) -> tuple[np.ndarray, np.ndarray, int, Counter[str]]:
    part = read_partition(path)
    genres = Counter(name for names in part.genres for name in names)
    X = part.X.astype(np.float64)
    return X.sum(axis=0), (X**2).sum(axis=0), len(X), genres


def _first_models(songs: PartitionedSongs, sums: list[Any]) -> tuple[FoldModels, Counter[str]]:
    """Return models that know the features' scale and nothing yet, and the songs of each genre."""
    number = sum(n for _, _, n, _ in sums)
    mean = sum(s for s, _, _, _ in sums) / max(number, 1)
    square = sum(s for _, s, _, _ in sums) / max(number, 1)
    counts = sum((c for _, _, _, c in sums), Counter[str]())
    counts = Counter({name: n for name, n in counts.items() if n > 1})
    if len(counts) < 2:
        raise TrainError(f"{songs.folder} holds fewer than two genres of two songs each")
    scale = np.sqrt(np.maximum(square - mean**2, 1e-12))
    genres, d = tuple(sorted(counts)), len(songs.columns)
    zeros = np.zeros((FOLDS, len(genres), d)), np.zeros((FOLDS, len(genres)))
    return FoldModels(genres, mean, scale, *zeros), counts


def _labelled(path: Path, genres: tuple[str, ...]) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return a partition, and the rows and labels of its songs, one for each of their genres."""
    part = read_partition(path)
    place = {name: g for g, name in enumerate(genres)}
    pairs = [
        (row, place[name]) for row, names in enumerate(part.genres) for name in names
        if name in place
    ]  # fmt: skip
    rows, labels = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return part, rows, labels


def _fitted(
    models: FoldModels, counts: Counter[str], step: float, seed: int, path: Path
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Go on fitting with one partition; return W, b and the songs for each of the five models."""
    from sklearn.linear_model import SGDClassifier

    part, rows, labels = _labelled(path, models.genres)
    Z = (part.X - models.centre) / models.scale
    balance = np.array([1.0 / counts[name] for name in models.genres])
    balance *= sum(counts.values()) / len(models.genres)
    W, b, numbers = models.W.copy(), models.b.copy(), np.zeros(FOLDS)
    for f in range(FOLDS):
        chosen = part.fold[rows] != f
        numbers[f] = chosen.sum()
        if not chosen.any():
            continue
        fit = SGDClassifier(
            loss="log_loss", alpha=PENALTY, learning_rate="constant", eta0=step, random_state=seed
        )
        classes = np.arange(len(models.genres))
        y = labels[chosen]
        fit.partial_fit(Z[rows[chosen]][:1], y[:1], classes=classes)  # makes the arrays
        shape = fit.coef_.shape
        two = shape[0] == 1
        fit.coef_ = _binary(W[f], two)
        fit.intercept_ = _binary(b[f], two)
        fit.partial_fit(Z[rows[chosen]], y, sample_weight=balance[y])
        W[f], b[f] = _both(fit.coef_, two), _both(fit.intercept_, two)
    return W, b, numbers


def _binary(values: np.ndarray, two: bool) -> np.ndarray:
    """Return one row of the difference for two genres, else the values as they are."""
    return np.ascontiguousarray(values[1:] - values[:1]) if two else values.copy()


def _both(values: np.ndarray, two: bool) -> np.ndarray:
    return np.concatenate([-values / 2, values / 2]) if two else values


def _judged(models: FoldModels, path: Path) -> tuple[float, float, int]:
    """Return how many songs are guessed right, the sum of their losses, and their number."""
    part, rows, labels = _labelled(path, models.genres)
    if not len(rows):
        return 0.0, 0.0, 0
    P = models.likelihoods(part.X, part.fold)
    member = np.zeros(P.shape, bool)
    member[rows, labels] = True
    known = member.any(axis=1)
    guess = P.argmax(axis=1)
    right = member[np.arange(len(P)), guess]
    truth = member / np.maximum(member.sum(axis=1, keepdims=True), 1)
    loss = -(truth * np.log(np.clip(P, 1e-9, 1.0))).sum(axis=1)
    return float(right[known].sum()), float(loss[known].sum()), int(known.sum())


def _save(folder: Path, models: FoldModels, report: PartitionReport) -> None:
    with whole_file(folder / MODEL) as part, part.open("wb") as file:
        np.savez(
            file,
            genres=np.array(models.genres),
            centre=models.centre,
            scale=models.scale,
            W=models.W,
            b=models.b,
        )
    write_whole(folder / REPORT, json.dumps(report.to_json(), indent=2) + "\n")


def load_models(folder: Path) -> FoldModels:
    """Return the models that were saved in a folder; TrainError where there are none."""
    try:
        with np.load(folder / MODEL, allow_pickle=False) as arrays:
            genres = tuple(str(name) for name in arrays["genres"])
            return FoldModels(genres, *(arrays[name] for name in ("centre", "scale", "W", "b")))
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise TrainError(
            f"{folder} holds no trained model: run `genrefit partitions train` first"
        ) from error
