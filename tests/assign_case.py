"""Random customers and limits of every shape, and the best choices of a few customers by trying all."""

from __future__ import annotations

import itertools

import numpy as np
from scenario_factory import rng_of

from constraints.assign.question import AssignLimit, AssignQuestion
from constraints.assign.rows import Rows

SEGMENTS, OFFERS = 3, 3


def customers(seed: int, count: int, *, offers: int = OFFERS, alike: int | None = None, blanks: bool = True) -> Rows:
    """Return random customers; with ``alike`` only so many different ones."""
    rng = rng_of(seed)
    value = rng.gamma(2.0, 3.0, (offers, count)) - rng.gamma(1.0, 2.0, (offers, count))
    use = np.rint(1000 * rng.gamma(2.0, 0.5, (offers, count)) * np.arange(1, offers + 1)[:, None])
    segment = rng.integers(0, SEGMENTS, count).astype(np.int16)
    if blanks:
        value[rng.random(value.shape) < 0.1] = -np.inf
    if alike is not None:
        kind = rng.integers(0, alike, count)
        value, use, segment = value[:, kind], use[:, kind], segment[kind]
    rank = rng.integers(0, 2**64, count, dtype=np.uint64)
    return Rows(value=value, use=(use, None), segment=segment, rank=rank)


def limits(seed: int, rows: Rows, number: int, *, whole: bool = False) -> AssignQuestion:
    """Return so many random limits, on uses and on counts; a ``whole`` first one counts everything."""
    rng = rng_of(seed + 1_000_003)
    offers = rows.value.shape[0]
    made = []
    for place in range(number):
        cells = rng.random((SEGMENTS, offers)) < 0.7
        if (whole and place == 0) or not cells.any():
            cells[:] = True
        measure = int(rng.integers(0, 2)) if place else 0
        use = rows.use[0] if measure == 0 else np.ones_like(rows.value)
        assert use is not None
        most = np.where(cells.T[:, rows.segment], use, 0.0).max(axis=0).sum()
        made.append(AssignLimit(id=f"l{place}", measure=measure, cells=cells, bound=int(most * rng.uniform(0.05, 0.6))))
    return AssignQuestion(
        offers=tuple(f"o{c}" for c in range(offers)),
        segments=tuple(f"s{s}" for s in range(SEGMENTS)),
        measures=("spend", "contacts"),
        limits=tuple(made),
    )


def best_of_all(rows: Rows, question: AssignQuestion) -> float:
    """Return the best value of any choices that keep all limits, by trying every one."""
    value = np.concatenate([np.zeros((1, rows.count)), rows.value])
    use = np.zeros((len(question.limits), *value.shape))
    for number, limit in enumerate(question.limits):
        given = rows.use[limit.measure]
        inside = limit.cells.T[:, rows.segment]
        use[number, 1:] = inside if given is None else np.where(inside, given, 0.0)
    picked = np.array(list(itertools.product(range(len(value)), repeat=rows.count)))
    at = np.arange(rows.count)
    kept = (use[:, picked, at].sum(axis=2) <= question.bounds[:, None]).all(axis=0)
    return float(value[picked, at].sum(axis=1)[kept].max())
