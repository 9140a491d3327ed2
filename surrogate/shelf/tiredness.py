"""How tired customers already are of promotions in the same place when an offer runs: earlier days of them, fading.

A lift is that of a fresh offer (docs/response-model.md), but past offers followed on one another; without this, a lift
fitted on third days in a row would be too low. What a run of several days does to its own later days is part of its
lift: only what was there before counts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.arrays import Float

HALF_LIFE_DAYS = 3.0
"""Days until half of it is forgotten: the scenario language's default."""
_KEEP = 0.5 ** (1.0 / HALF_LIFE_DAYS)


def tiredness(runs: pd.DataFrame, named: pd.DataFrame, *, read: float = 1.0) -> Float:
    """Return the faded number of promoted days before each run [R] that its customers remember, mean over its days.

    Parameters
    ----------
    runs
        One row a run in the order of its ``run`` number: run, product, first_day, last_day, unnamed (bool).
    named
        run, customer: who is named in the other runs. Everybody remembers runs without names; named customers also
        remember their own.
    read
        Share of the messages that named customers read, and so remember.
    """
    public = runs[runs["unnamed"]]
    out = np.zeros(len(runs))
    for product, mine in runs.groupby("product", sort=True):
        first, last = int(mine["first_day"].min()), int(mine["last_day"].max())
        seen = _everybodys(public[public["product"] == product], first, last)
        start, days = mine["first_day"].to_numpy() - first, (mine["last_day"] - mine["first_day"]).to_numpy() + 1
        out[mine["run"].to_numpy()] = seen[start] * _mean_left(days)
    own = _own(runs, named)
    return np.asarray(out + read * np.bincount(own["run"], own["tired"], len(runs)) / _counts(own["run"], len(runs)))


def _counts(run: pd.Series, runs: int) -> Float:
    return np.maximum(np.bincount(run, minlength=runs), 1).astype(np.float64)


def _everybodys(public: pd.DataFrame, first: int, last: int) -> Float:
    """Return what everybody remembers on each day first..last."""
    change = np.zeros(last - first + 2)
    np.add.at(change, public["first_day"].to_numpy() - first, 1)
    np.add.at(change, public["last_day"].to_numpy() - first + 1, -1)
    on = np.cumsum(change)[:-1] > 0
    memory, level = np.zeros(on.size), 0.0
    for day in range(on.size):
        memory[day] = level
        level = (level + on[day]) * _KEEP
    return memory


def _own(runs: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """Return run and what its named customers remember of runs that named them: one row a run and customer."""
    rows = named.merge(runs[["run", "product", "first_day", "last_day"]], on="run")
    rows = rows.sort_values(["product", "customer", "first_day", "run"], kind="stable").reset_index(drop=True)
    place = rows.groupby(["product", "customer"], sort=False).cumcount().to_numpy()
    first, last = rows["first_day"].to_numpy(), rows["last_day"].to_numpy()
    days = (last - first + 1).astype(np.float64)
    fade = _KEEP**days
    built = _KEEP * (1 - fade) / (1 - _KEEP)  # left by a run of so many days, the day after it
    before, after = np.zeros(len(rows)), np.zeros(len(rows))
    order = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[order], np.arange(place.max() + 2)) if len(rows) else np.zeros(1, dtype=np.int64)
    for rank in range(len(edges) - 1):
        here = order[edges[rank] : edges[rank + 1]]
        if rank:
            gap = np.maximum(first[here] - last[here - 1] - 1, 0)
            before[here] = after[here - 1] * _KEEP**gap
        after[here] = before[here] * fade[here] + built[here]
    return pd.DataFrame({"run": rows["run"], "tired": before * _mean_left(days)})


def _mean_left(days: Float) -> Float:
    """Return the share of a memory that is left, mean over so many days from now on."""
    return np.asarray((1 - _KEEP**days) / (1 - _KEEP) / days)
