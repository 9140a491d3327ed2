"""Uplift on Hillstrom's e-mail experiment: held-out Qini against S-, T- and X-learner LightGBM and causal forest.

Women's e-mail against none, outcome visit, ten halves for training and testing (``default_rng(split).permutation`` of
the customers of both arms). Every learner sees the same features. Peers run with their libraries' settings and with
more cautious ones that suit such data better; the best of all counts. Our settings are chosen by cross-fitting inside
the training half. Not below the best peer by more than one paired standard error over the splits: passed.

    python benchmarks/hillstrom.py hillstrom.csv.gz [--splits 10] [--ours]

The data: Kevin Hillstrom, MineThatData E-Mail Analytics And Data Mining Challenge (2008), 64,000 customers.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.runtime import start_jax
from surrogate.experiment.held_out.predict import expected
from surrogate.experiment.reading.spec import ExperimentSpec
from surrogate.experiment.reading.table import ExperimentTable, read_experiment
from surrogate.experiment.train import learn_table
from surrogate.held_out.trial import Trial
from surrogate.held_out.uplift_curves import qini

Float = NDArray[np.float64]
Learner = Callable[[Float, Float, Float, Float], Float]
"""Training features, outcome and treatment, and test features; returns uplift."""

CAUTIOUS = {"num_leaves": 8, "min_child_samples": 200, "learning_rate": 0.05}


def spec_of(path: Path) -> ExperimentSpec:
    """Return how the file is read."""
    return ExperimentSpec.model_validate(
        {
            "kind": "experiment",
            "file": path.name,
            "offer": "segment",
            "none": "No E-Mail",
            "ignored": ["Mens E-Mail"],
            "offers": {"womens-mail": {"is": "Womens E-Mail", "mechanic": "feature"}},
            "features": {
                "numeric": ["recency", "history", "mens", "womens", "newbie"],
                "categorical": ["zip_code", "channel"],
            },
            "outcomes": {"visit": {"column": "visit", "kind": "binary"}},
            "products": {"shop": {"outcome": "visit"}},
            "days": 14,
        }
    )


def plain(table: ExperimentTable) -> Float:
    """Return the features as peers take them: numbers, and one column a level."""
    columns = [*table.numeric.values()]
    for values in table.categorical.values():
        columns += [(values == level).astype(float) for level in np.unique(values)]
    return np.column_stack(columns)


def _classifier(**settings: Any) -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(n_jobs=2, verbose=-1, random_state=0, deterministic=True, force_row_wise=True, **settings)


def s_learner(x: Float, y: Float, t: Float, test: Float, **settings: Any) -> Float:
    """One model with the treatment as a feature."""
    fitted = _classifier(**settings).fit(np.column_stack([x, t]), y)
    arms = [fitted.predict_proba(np.column_stack([test, np.full(len(test), arm)]))[:, 1] for arm in (1.0, 0.0)]
    return np.asarray(arms[0] - arms[1])


def t_learner(x: Float, y: Float, t: Float, test: Float, **settings: Any) -> Float:
    """One model an arm."""
    arms = [_classifier(**settings).fit(x[t == arm], y[t == arm]).predict_proba(test)[:, 1] for arm in (1, 0)]
    return np.asarray(arms[0] - arms[1])


def x_learner(x: Float, y: Float, t: Float, test: Float, **settings: Any) -> Float:
    """Imputed effects of each arm, regressed and averaged (Kuenzel and others, doi:10.1073/pnas.1804597116)."""
    from lightgbm import LGBMRegressor

    treated, control = (_classifier(**settings).fit(x[t == arm], y[t == arm]) for arm in (1, 0))
    imputed = (y[t == 1] - control.predict_proba(x[t == 1])[:, 1], treated.predict_proba(x[t == 0])[:, 1] - y[t == 0])
    common = {"n_jobs": 2, "verbose": -1, "random_state": 0, "deterministic": True, "force_row_wise": True}
    parts = [
        LGBMRegressor(**common, **settings).fit(x[t == arm], effect).predict(test)
        for arm, effect in zip((1, 0), imputed, strict=True)
    ]
    return np.asarray(0.5 * parts[0] + 0.5 * parts[1])


def causal_forest(x: Float, y: Float, t: Float, test: Float, **settings: Any) -> Float:
    """Generalised random forest of effects (Athey, Tibshirani and Wager, doi:10.1214/18-AOS1709)."""
    from econml.grf import CausalForest

    forest = CausalForest(n_estimators=500, random_state=0, n_jobs=2, **settings).fit(x, t, y)
    return np.asarray(forest.predict(test)).ravel()


PEERS: dict[str, tuple[Learner, dict[str, Any]]] = {
    "S-learner LightGBM": (s_learner, {}),
    "S-learner LightGBM, cautious": (s_learner, CAUTIOUS),
    "T-learner LightGBM": (t_learner, {}),
    "T-learner LightGBM, cautious": (t_learner, CAUTIOUS),
    "X-learner LightGBM": (x_learner, {}),
    "X-learner LightGBM, cautious": (x_learner, CAUTIOUS),
    "causal forest": (causal_forest, {}),
    "causal forest, cautious": (causal_forest, {"min_samples_leaf": 50}),
}
OURS = "campaign planner"


def run(path: Path, splits: int, *, peers: bool) -> Iterator[dict[str, float]]:
    """Yield the held-out Qini of every learner by name, split by split."""
    spec = spec_of(path)
    table = read_experiment(spec, path.parent)
    features, visits = plain(table), table.outcomes["visit"]
    treated = (table.arm == 1).astype(float)
    for split in range(splits):
        order = np.random.default_rng(split).permutation(table.count)
        train, test = order[: table.count // 2], order[table.count // 2 :]
        trial = Trial(
            outcome=visits[test], treated=table.arm[test] == 1, propensity=np.full(test.size, treated[train].mean())
        )
        begun = time.monotonic()
        model = learn_table(spec, table.take(train), seed=1)
        foreseen = expected(model, table.take(test), "visit")
        scores = {OURS: qini(trial, foreseen[:, 1] - foreseen[:, 0])}
        print(f"split {split}: {OURS} {scores[OURS]:.4f}, {time.monotonic() - begun:.0f} s", flush=True)
        for name, (learner, settings) in (PEERS if peers else {}).items():
            begun = time.monotonic()
            uplift = learner(features[train], visits[train], treated[train], features[test], **settings)
            scores[name] = qini(trial, uplift)
            print(f"    {name} {scores[name]:.4f}, {time.monotonic() - begun:.0f} s", flush=True)
        yield scores


def report(rows: list[dict[str, float]]) -> None:
    """Print the table and the verdict."""
    mine = np.array([row[OURS] for row in rows])
    print(f"\n| learner | Qini, mean of {len(rows)} splits | ours better by | paired standard error |")
    print("|---|---|---|---|")
    best, verdict = -np.inf, ""
    for name in rows[0]:
        theirs = np.array([row[name] for row in rows])
        gap = mine - theirs
        error = float(gap.std(ddof=1) / np.sqrt(gap.size)) if gap.size > 1 else float("nan")
        told = "| | |" if name == OURS else f"| {gap.mean():+.4f} | {error:.4f} |"
        print(f"| {name} | {theirs.mean():.4f} {told}")
        if name != OURS and theirs.mean() > best:
            best = float(theirs.mean())
            passed = gap.mean() >= -error
            verdict = (
                f"best peer: {name}; ours is {gap.mean():+.4f} ({gap.mean() / error:+.1f} standard errors) off it: "
            )
            verdict += "passed" if passed else "MISSED"
    print(f"\n{verdict}")


def main() -> None:
    """Run the benchmark from the command line."""
    start_jax()  # before the first array: it fixes threads and precision
    parser = argparse.ArgumentParser(description="held-out Qini on Hillstrom's experiment")
    parser.add_argument("data", type=Path, help="the 64,000 rows as CSV, also .gz")
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--ours", action="store_true", help="leave the peers out")
    arguments = parser.parse_args()
    report(list(run(arguments.data, arguments.splits, peers=not arguments.ours)))


if __name__ == "__main__":
    main()
