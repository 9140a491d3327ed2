"""Do intervals hold the truth where a coupon's holdout is mostly one segment's? Lifts alike, and lifts far apart.

    python benchmarks/uneven_holdout.py --shops 200

A coupon is sent in twelve runs, one in seven customers is left out. Of four segments the first buys nearly all that is
compared, two buy little, the fourth is hardly sent it. Lifts of 40 % were learned of all; true ones differ from that as
each case says. No model is trained: what a holdout measures is taken into lifts whose errors are as they are believed.
"""

from __future__ import annotations

import argparse

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import Mechanic
from surrogate.data.data_parts import PastOffer
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.holdouts.lift import Comparison
from surrogate.evidence.holdouts.pools import pools
from surrogate.evidence.lift_update import Measured, update_lifts
from surrogate.evidence.spill import LiftCells

SEGMENTS = ("most", "thin", "thinner", "unsent")
SENT = np.array([500, 500, 250, 12])
"""Customers of each segment that a run chooses, of three times as many."""
UNITS = np.array([0.25, 0.014, 0.012, 0.03])
"""Which each of them buys in a run without the coupon, in the mean."""
EVEN = np.array([0.25, 0.1, 0.1, 0.1])
RUNS, HELD, LEARNED, LEAST = 12, 0.15, 0.4, 50
CALIBRATED, CHOSEN = 0.35, 0.40
"""Standard deviations of the log of true over learned lift, as a model believes them."""
CASES = {
    "one error of all segments": lambda rng: np.full(4, rng.normal(0.0, 0.45)),
    "as believed": lambda rng: rng.multivariate_normal(
        np.zeros(4), CALIBRATED**2 * (0.85 + 0.15 * np.eye(4)) + CHOSEN**2 * (0.5 + 0.5 * np.eye(4))
    ),
    "far apart": lambda rng: rng.normal(0.0, 0.45) + rng.normal(0.0, 0.6, 4),
}
PAST = {"mail": PastOffer.model_validate({"mechanic": "coupon", "depth": "20%", "layer": "targeted"}).as_offer("mail")}


def holdout(rng: np.random.Generator, lift: Float, units: Float) -> list[Comparison]:
    """Return the runs of a coupon: customers differ, and buy more with it."""
    segment = np.repeat(np.arange(4), 3 * SENT)
    own = rng.gamma(1.5, 1 / 1.5, segment.size) * units[segment]
    found = []
    for run in range(RUNS):
        who = np.flatnonzero(rng.random(segment.size) < 1 / 3)
        sent = rng.random(who.size) > HELD
        bought = rng.poisson(own[who] * (1 + lift[segment[who]] * sent)).astype(float)
        found.append(
            Comparison(
                offer="mail", product="p", first_day=700 + 35 * run, last_day=706 + 35 * run, customer=who, sent=sent,
                stratum=segment[who], units=bought, offered=bought, past=rng.poisson(8 * own[who]).astype(float),
                spend=rng.gamma(2.0, 10.0, who.size),
            )
        )  # fmt: skip
    return found


def believed(tests: list[LiftTest], units: Float) -> tuple[Float, Float]:
    """Return lifts [S] and the standard deviations of their logarithms with the tests taken in."""
    base = (units * SENT * np.array([1, 1, 1, 20]))[:, None]

    def cells(offers: int) -> LiftCells:
        return LiftCells(
            lift=np.full((1, 4, 1, offers), LEARNED), sd=np.full((4, 1, offers), CALIBRATED),
            log_price=np.full((1, offers), -np.log(0.8)), mechanics=(Mechanic.COUPON,) * offers,
            names=("mail",) * offers, selected=np.full(offers, CHOSEN), carried=np.zeros((4, offers)),
        )  # fmt: skip

    if not tests:
        return np.full(4, LEARNED), np.full(4, np.hypot(CALIBRATED, CHOSEN))
    of = np.array([[not test.who or name in test.who for name in SEGMENTS] for test in tests])[:, :, None] * base
    measured = Measured(
        lift=np.array([test.lift for test in tests]),
        standard_error=np.array([test.standard_error for test in tests]),
        weight=of / of.sum(axis=1, keepdims=True),
        same=(0,) * len(tests),
        cells=cells(len(tests)),
    )
    found = update_lifts(cells(1), measured, ("goods",), base[:, :, None])
    return found.lift[0, :, 0, 0], found.sd[:, 0, 0]


def main() -> None:
    """Print coverage, error and width by segment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shops", type=int, default=200)
    shops = parser.parse_args().shops
    print("truth; segments; 90 % intervals that held | root mean square error of log lifts | their standard deviation")
    for units, name in ((UNITS, "thin"), (EVEN, "even")):
        for case, draw in CASES.items():
            rng, held, error, width = np.random.default_rng(7), [], [], []
            for _ in range(shops):
                truth = LEARNED * np.exp(draw(rng))
                found = pools({("mail", "p"): holdout(rng, truth, units)}, PAST, SEGMENTS, LEAST)
                lift, spread = believed(found.tests, units)
                error.append(np.log(lift / truth))
                held.append(np.abs(error[-1]) < 1.645 * spread)
                width.append(spread)
            figures = (np.mean(held, axis=0), np.sqrt(np.mean(np.square(error), axis=0)), np.mean(width, axis=0))
            print(
                f"{case}; {name};", " | ".join(" ".join(f"{one:.2f}" for one in each) for each in figures), flush=True
            )


if __name__ == "__main__":
    main()
