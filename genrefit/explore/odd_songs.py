"""Songs unlike all others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from genrefit.explore.maps import FEWEST, principal_components, standardized
from genrefit.explore.neighbours import nearest
from genrefit.records import SongTable, Table


def outliers(table: Table | SongTable, *, threshold: float = 3.5) -> pd.DataFrame:
    """Find songs that sound like none of the others, the oddest first.

    A song's distance is the mean one to its five nearest neighbours; listed are those whose
    logarithm has a modified z-score over `threshold` (Iglewicz and Hoaglin 1993: 0.6745 times the
    distance from the median in units of the median absolute deviation). Columns: song_id, title,
    artist, genres, times (as far from its neighbours as is usual), reason.
    """
    columns = ["song_id", "title", "artist", "genres", "times", "reason"]
    if len(table.songs) < 2 * FEWEST:
        return pd.DataFrame([], columns=columns)
    Z = standardized(table)
    distance, _ = nearest(principal_components(Z)[0].astype(np.float32), min(5, len(Z) - 1))
    logs = np.log(np.maximum(distance.mean(axis=1), 1e-9))
    middle = np.median(logs)
    spread = np.median(np.abs(logs - middle))
    odd = np.flatnonzero((spread > 0) & (0.6745 * (logs - middle) > threshold * spread))
    rows = []
    for i in sorted(odd, key=lambda i: -logs[i]):
        song, times = table.songs.iloc[i], float(np.exp(logs[i] - middle))
        most = Z.iloc[i].abs().nlargest(3).index
        traits = ", ".join(f"{name} ({Z.iloc[i][name]:+.1f} standard deviations)" for name in most)
        reason = f"{times:.1f} times as far from its nearest songs as is usual; mostly by {traits}"
        rows.append((song.song_id, song.title, song.artist, song.genres, times, reason))
    return pd.DataFrame(rows, columns=columns)
