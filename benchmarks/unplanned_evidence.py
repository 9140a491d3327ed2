"""What ran otherwise than planned as evidence: how near recalibration comes to the true lift with it, and without.

The small shop of the tests, three weeks long. A cut is planned for six days on one phone and two on another; two of the
six do not run, and three days run that no plan had. Its true lift is what was believed times a log-normal factor; sales
scatter as customers and days do. With ``--weak 0.8`` the unplanned days are those on which the phone sells so much of
what it otherwise would: somebody chose them for it. ``--chosen`` is the weight of such days.

``PYTHONPATH=tests python benchmarks/unplanned_evidence.py [--campaigns 60] [--weak 0.8] [--chosen 1]``
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from flight_case import line, running
from lived import actuals_of, lived_units
from really_ran import ran_of

from scenarios.grid import Grid
from scenarios.response.coefficients import build_coefficients
from surrogate.flight.recalibration.recalibrate import RecalibrateParams, recalibrate

BELIEVED_SD = 0.3
"""Standard deviation of the log of the lift, as believed and as drawn."""
LAST = 13
SHOP = {
    "periods: 7": "periods: 21",
    "stock: 500, arrivals: {2026-11-03: 100}, ": "",
    "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
}
PLANNED = (
    *(line(day, "phone-pro", "cut-15") for day in range(3, 9)),
    *(line(day, "phone", "cut-15") for day in (5, 6)),
)


def main() -> None:
    """Print bias and error of the factor's log, and how often its interval holds the truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--campaigns", type=int, default=60)
    parser.add_argument("--weak", type=float, default=1.0)
    parser.add_argument("--chosen", type=float, default=RecalibrateParams().chosen)
    asked = parser.parse_args()
    params = RecalibrateParams(chosen=asked.chosen)
    case = running(Path(tempfile.mkdtemp()), shop=SHOP)
    grid, effects, rng = case.grid, case.frozen.effects, np.random.default_rng(5)
    wide = replace(effects, lift_sd=np.where(effects.lift_sd > 0, BELIEVED_SD, 0.0))
    plan, cut = grid.plan_of(PLANNED), grid.offer_index["cut-15"]
    model = build_coefficients(grid, wide, case.frozen.baskets)
    found = np.zeros((asked.campaigns, 2, 3))
    for number in range(asked.campaigns):
        days = rng.choice(np.arange(9, 14), 3, replace=False)
        off = rng.choice(np.arange(3, 9), 2, replace=False)
        ran = [each for each in PLANNED if each.product != "phone-pro" or each.date.day not in off]
        ran += [line(int(day), "phone", "cut-15") for day in sorted(days)]
        factor, lift = float(np.exp(rng.normal(0.0, BELIEVED_SD))), effects.lift.copy()
        lift[..., cut] *= factor
        true = replace(effects, lift=lift, lift_sd=np.zeros_like(effects.lift_sd))
        tables = build_coefficients(grid, true, case.frozen.baskets)

        def weak(grid: Grid, days: np.ndarray = days) -> np.ndarray:
            factors = np.ones(grid.shape)
            factors[:, grid.product_index["phone"], days - 1] = asked.weak
            return factors

        units = lived_units(tables, true, grid.plan_of(ran), seed=1000 + number, change=weak)[0]
        actuals = replace(actuals_of(grid, units, LAST), ran=ran_of(case, ran, LAST))
        for which, sure in enumerate((plan, None)):
            moved = recalibrate(model, wide, plan, actuals, params, sure=sure).offers["cut-15"]
            inside = moved.low <= factor <= moved.high
            found[number, which] = np.log(moved.factor / factor), inside, moved.high / moved.low
    for name, (errors, inside, width) in zip(("as planned alone", "all"), found.transpose(1, 2, 0), strict=True):
        spread = errors.std() / np.sqrt(asked.campaigns)
        print(
            f"{name}: bias {errors.mean():+.3f} (standard error {spread:.3f}), root mean square "
            f"{np.sqrt((errors**2).mean()):.3f}, 90% intervals hold {inside.mean():.0%}, "
            f"high over low {width.mean():.2f}"
        )


if __name__ == "__main__":
    main()
