"""Chooses carefully for a million customers, beside choosing by expected values: time, gap and what caution costs.

    PYTHONPATH=benchmarks python benchmarks/assign_careful.py [--customers 1000000] [--limits 1 6]

The customers and limits of `assign_speed`, as arrays in memory. 1,000 drawn futures, in which segments and offers do
better or worse together: log-normal factors on what an offer gains before spend, and on spend.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from assign_speed import OFFERS, SEGMENTS, asked, in_memory

from constraints.assign.careful.assigning import assign_carefully
from constraints.assign.careful.future_values import FutureValues
from constraints.assign.careful.mixture import Careful
from constraints.assign.careful.parts import Block, Parts, PartsInMemory
from constraints.assign.rows import Rows, RowsInMemory, use_table
from constraints.assign.solve import assign
from scenarios.language.aim import Caution

FUTURES = 1_000
AIMS: dict[str, Careful] = {
    "mean": "mean",
    "mean - sd": Caution(mean_minus_sd=1),
    "mean - 2 sd": Caution(mean_minus_sd=2),
    "CVaR 10%": Caution(cvar=0.1),
}


def futures(seed: int) -> FutureValues:
    """Draw what offers do."""
    rng = np.random.Generator(np.random.Philox(seed))
    both, offer, own = (rng.normal(size=(FUTURES, *shape)) for shape in ((1, 1), (1, 5), (len(SEGMENTS), len(OFFERS))))
    gain = np.exp(0.5 * (0.4 * both + 0.6 * offer + 0.7 * own) - 0.126)
    spend = np.broadcast_to(np.exp(rng.normal(0.0, 0.3, (FUTURES, 1, len(OFFERS))) - 0.045), gain.shape)
    return FutureValues(member=np.zeros(FUTURES, dtype=np.int64), times=(gain, gain - spend), plus=np.zeros(gain.shape))


def source_of(rows: Rows) -> PartsInMemory:
    """Return customers with what their values are made of."""
    spend = rows.use[0]
    assert spend is not None
    parts = Parts(place=rows.segment, amount=(rows.value[None], spend[None] / 1_000_000))
    return PartsInMemory(block=Block(rows, parts))


def main() -> None:
    """Time each objective under each number of limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--limits", type=int, nargs="+", default=[1, 6])
    given = parser.parse_args()
    rows, drawn = in_memory(given.customers, 1), futures(3)
    source = source_of(rows)
    for limits in given.limits:
        question = asked(rows, limits)
        begin = time.process_time()
        plain = assign(RowsInMemory(rows=rows), question)
        spent = time.process_time() - begin
        print(
            f"{limits} limits, expected: {spent:.1f} s of processor, gap {1 - plain.value / plain.bound:.1e}",
            flush=True,
        )
        for name, caution in AIMS.items():
            begin = time.process_time()
            found = assign_carefully(source, question, drawn, caution)
            spent = time.process_time() - begin
            kept = (question.uses(use_table(rows, found.choices.choice, question)) <= question.bounds).all()
            gap = (found.choices.bound - found.worth) / found.choices.bound
            print(
                f"  {name:12} {spent:5.1f} s, gap {gap:.1e}, worth {found.worth:,.0f} "
                f"(by expectation {found.plain_worth:,.0f}), costs {found.plain_value - found.choices.value:,.0f}, "
                f"limits kept {kept}", flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
