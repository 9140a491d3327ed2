"""A small experiment whose truth is known: who buys, what a coupon of 10 or 30 % adds, and to whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from surrogate.experiment.fitted.fit import FitParams
from surrogate.experiment.fitted.tune import NetParams, TuneParams
from surrogate.experiment.reading.table import ExperimentTable
from surrogate.experiment.training.one_outcome import ExperimentParams

QUICK = ExperimentParams(
    members=3,
    net=NetParams(profile=4, hidden=6, fit=FitParams(steps=60)),
    tuning=TuneParams(folds=2, candidates=((0.02, 0.005), (0.3, 0.005))),
)
ARMS = ("nothing", "ten", "thirty")
CUSTOMERS = 4000


def rows(seed: int = 0, *, customers: int = CUSTOMERS, confounded: bool = False) -> pd.DataFrame:
    """Return the experiment; the hidden columns ``p0``, ``p1``, ``p2`` hold the true probability of buying by arm.

    Families (children = 1) answer to coupons, others hardly; frequent visitors buy more anyway. Confounded: coupons go
    to frequent visitors more often.
    """
    rng = np.random.default_rng(seed)
    children = rng.integers(0, 2, customers)
    visits = rng.gamma(2.0, 2.0, customers)
    city = rng.choice(["Berlin", "Paris", "Rome"], customers)
    words = np.where(children == 1, "toys school", "wine travel")
    base = -1.2 + 0.8 * (np.log1p(visits) - 1.5)
    answer = np.stack([np.zeros(customers), 0.6 * children, 0.1 + 1.6 * children])
    chance = 1.0 / (1.0 + np.exp(-(base + answer)))
    if confounded:
        want = np.exp(np.stack([np.zeros(customers), *(2 * [1.5 * (np.log1p(visits) - 1.5)])]))
        arm = (rng.random(customers) > np.cumsum(want / want.sum(axis=0), axis=0)[:2]).sum(axis=0)
    else:
        arm = rng.integers(0, 3, customers)
    bought = (rng.random(customers) < chance[arm, np.arange(customers)]).astype(int)
    return pd.DataFrame(
        {
            "customer": [f"CUSTOMER-{number:06d}" for number in range(customers)],
            "arm": np.array(ARMS)[arm],
            "children": children,
            "visits": np.round(visits, 3),
            "city": city,
            "searched": words,
            "bought": bought,
            "paid": bought * np.round(rng.gamma(4.0, 10.0, customers), 2),
            "redeemed": bought * (arm > 0) * (rng.random(customers) < 0.8),
            "p0": chance[0],
            "p1": chance[1],
            "p2": chance[2],
        }
    )


def as_read(frame: pd.DataFrame, table: ExperimentTable) -> pd.DataFrame:
    """Return the rows in the order in which a table holds them; rows that say the same have the same hidden columns."""
    arm = frame["arm"].map({name: number for number, name in enumerate(ARMS)})
    mine = [table.arm, table.numeric["visits"], table.numeric["children"], table.outcomes["bought"]]
    place = np.empty(len(frame), dtype=np.int64)
    place[np.lexsort(mine)] = np.lexsort([arm, frame["visits"], frame["children"], frame["bought"]])
    return frame.iloc[place].reset_index(drop=True)


def spec(**changes: Any) -> dict[str, Any]:
    """Return the experiment file as data; a change of None deletes the key."""
    whole: dict[str, Any] = {
        "kind": "experiment",
        "file": "trial.csv",
        "customer": "customer",
        "offer": "arm",
        "none": "nothing",
        "offers": {
            "ten": {"is": "ten", "mechanic": "coupon", "depth": "10%"},
            "thirty": {"is": "thirty", "mechanic": "coupon", "depth": "30%"},
        },
        "features": {"numeric": ["children", "visits"], "categorical": ["city"]},
        "outcomes": {"bought": {"column": "bought", "kind": "binary"}},
        "products": {"toy": {"outcome": "bought", "price": 40}},
        "days": 14,
    } | changes
    return {key: value for key, value in whole.items() if value is not None}


def write(folder: Path, frame: pd.DataFrame, **changes: Any) -> Path:
    """Write data and experiment file; returns the latter's path."""
    frame.drop(columns=["p0", "p1", "p2"], errors="ignore").to_csv(folder / "trial.csv", index=False)
    path = folder / "exp.yaml"
    path.write_text(yaml.safe_dump(spec(**changes), sort_keys=False))
    return path


def scenario(**changes: Any) -> dict[str, Any]:
    """Return a scenario that asks about the experiment's product."""
    return {
        "scenario": "toys",
        "currency": "EUR",
        "horizon": {"start": "2026-11-02", "periods": 2, "unit": "week"},
        "segments": {"learn": {"count": 2}},
        "products": [{"id": "toy", "category": "toys", "unit_cost": "40%"}],
        "offers": [
            {"id": f"c{depth}", "mechanic": "coupon", "depth": f"{depth}%", "layer": "targeted", "channel": "mail"}
            for depth in (10, 20, 30, 50)
        ],
        "channels": [{"id": "mail", "cost_per_contact": 0.1}],
        "effects": {"data": "exp.yaml"},
    } | changes
