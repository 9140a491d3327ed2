"""Leakage guards: what describes customers must have been known before the weeks that test the effects.

Purchases, signals and mailings carry dates and are cut by them. A demographic column carries none, so it is judged by
what it says: one that follows later purchases more closely than earlier purchases explain was made from them.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.problems import InvalidInput, Problem
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.weeks import week_of

REFUSED_FROM = 0.5
"""Partial rank correlation with later spend, given earlier spend, that no honest column reaches."""
SUSPICIOUS_FROM = 0.3
_MIN_CUSTOMERS = 100
_TELLING = (
    "redeem",
    "respon",
    "convert",
    "churn",
    "clicked",
    "opened",
    "lifetime",
    "after",
    "future",
    "next_",
    "uplift",
)
"""Words in the names of columns that are known only after a promotion."""


def require_no_leakage(events: Events, spec: DataSpec) -> tuple[str, ...]:
    """Refuse columns that were made from what happened later, and return sentences about doubtful ones.

    Raises
    ------
    InvalidInput
        With each column that follows later purchases.
    """
    names = [name for name in events.demographics.columns if name != "customer"]
    doubts, problems = [], []
    before, after = _spend(events, week_of(spec.train_until))
    customer = events.demographics["customer"].to_numpy()
    for name in names:
        column = events.demographics[name].to_numpy(dtype=np.float64)
        known = np.isfinite(column)
        if known.sum() < _MIN_CUSTOMERS:
            continue
        mine = customer[known]
        link = abs(partial_correlation(column[known], after[mine], before[mine]))
        if link >= REFUSED_FROM:
            problems.append(
                Problem(
                    where=spec.files.demographics.label if spec.files and spec.files.demographics else events.source,
                    what=f"demographics.{name.replace(' ', '_')}",
                    expected=f"what was known on {spec.train_until}, before the weeks that test the effects",
                    got=f"a column that follows what customers bought after it (partial correlation {link:.2f})",
                    remedy="take it off the list, or compute it from earlier days only",
                )
            )
        elif link >= SUSPICIOUS_FROM:
            doubts.append(
                f"{name} follows what customers bought after {spec.train_until} (partial correlation {link:.2f}): "
                "was it known before?"
            )
    if problems:
        raise InvalidInput(problems)
    doubts += [
        f"{name} sounds like something known only after a promotion (post-treatment); if so, take it off the list"
        for name in names
        if any(word in name.replace(" ", "_").lower() for word in _TELLING)
    ]
    if events.signal_names:
        doubts.append(
            "browsing, searches and messages seen are partly answers to promotions (post-treatment): they describe "
            "customers up to the cut-off week only, and are no evidence of what a promotion does"
        )
    return tuple(doubts)


def _spend(events: Events, cut: int) -> tuple[Float, Float]:
    """Return each customer's spend up to a week, and after it [N]."""
    visits = events.visits
    value = (visits["regular"] - visits["shelf_discount"] - visits["coupon_discount"]).to_numpy()
    late = (visits["week"] > cut).to_numpy()
    size = events.customers.size
    return tuple(  # type: ignore[return-value]
        np.bincount(visits["customer"].to_numpy()[keep], value[keep], size).astype(np.float64) for keep in (~late, late)
    )


def partial_correlation(first: Float, second: Float, given: Float) -> float:
    """Return the rank correlation of two columns [N] with what a third explains taken out; 0 where one is constant."""
    ranks = [_ranks(values) for values in (first, second, given)]
    a, b, c = ranks
    if min(float(np.std(values)) for values in (a, b)) <= 0:
        return 0.0
    if float(np.std(c)) > 0:
        a, b = (values - c * float(values @ c) / float(c @ c) for values in (a, b))
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 1e-9 * len(a) else 0.0


def _ranks(values: Float) -> Float:
    """Return centred mean ranks; equal values share one."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[place].astype(np.float64)
    return np.asarray(ranks - ranks.mean())
