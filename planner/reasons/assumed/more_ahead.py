"""What the best plan would earn if more were bought ahead than is taken, where nobody said how much it is.

Futures draw such a share, but a plan of expected effects is made by one number. Where its profit leans on that of one
product, or of one category, what it would earn at the far end of the interval is worked out again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.figures import MoneyStyle, money_style
from planner.problem import Problem
from planner.reasons.assumed.terms import CONTAINED, left_open, written_ahead
from scenarios.answer.cells import Account
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.arrays import Plan
from scenarios.currency import minor_digits
from scenarios.language.schema import OwnPullForward, Product, ResponseTerms
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.plain_digits import share_text
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.interactions import strengths
from scenarios.rounding import to_decimal

TELLING = 0.1
"""Share of what the plan earns from which on it is told that it would be missing."""


@dataclass(frozen=True, kw_only=True)
class _Doubt:
    """One share that nobody said."""

    product: str | None
    category: str | None
    share: float
    high: float

    @property
    def name(self) -> str:
        return str(self.product or self.category)

    @property
    def row(self) -> OwnPullForward:
        """What holds if the share lies at its far end."""
        return OwnPullForward(product=self.product, category=self.category, share=self.high)


def if_more_ahead(problem: Problem, book: Account) -> tuple[str, ...]:
    """Say what a plan would earn if more of the product that it leans on most were bought ahead, up to the far end.

    Nothing where the scenario says the share, where it is exact, or where less than a tenth of the profit hangs on it.

    Parameters
    ----------
    book
        The plan's account.
    """
    scenario, grid = problem.loaded.scenario, problem.grid
    found = _leaned_on(problem, book)
    if found is None:
        return ()
    ahead = scenario.response.pull_forward
    own = (*(row for row in ahead.own if (row.product, row.category) != (found.product, found.category)), found.row)
    changed = scenario.response.model_copy(update={"pull_forward": ahead.model_copy(update={"own": own})})
    strength = strengths(changed, scenario.effects, grid.products)
    other = build_coefficients(grid, problem.effects, problem.baskets, strength=strength)
    digits = minor_digits(scenario.currency)
    now, then = (to_decimal(_gain(model, book.plan), digits) for model in (problem.model, other))
    if not (now > 0 and float(now - then) > TELLING * float(now)):
        return ()
    return (_words(found, money_style(scenario.currency, [now, then]), float(now), float(then)),)


def _words(found: _Doubt, money: MoneyStyle, now: float, then: float) -> str:
    kind = "category" if found.product is None else "product"
    high = share_text(found.high)
    return (
        f"how much of what promotions of {found.name} sell is bought ahead is hardly known: plan 1 takes it for "
        f"{found.share:.0%}, and in one future of twenty it is more than {high}. At {high} plan 1 would change profit "
        f"by {money(then, signed=True)}, not {money(now, signed=True)}, and another plan may be better. Where you know "
        f"the share, write it and plan again: response: {{pull_forward: {{own: [{{{kind}: {found.name}, share: "
        f"{high}}}]}}}}"
    )


def _leaned_on(problem: Problem, book: Account) -> _Doubt | None:
    """Return the unsaid share that moves what the plan earns most, by the extra units of its lines at full margin."""
    scenario, rows, products = problem.loaded.scenario, book.rows, problem.grid.products
    if "pull_forward" in CONTAINED[scenario.effects.lift_is]:
        return None
    goods = rows.product >= 0
    extra = np.bincount(rows.product[goods], (rows.units - rows.base_units)[goods], len(products))
    leaning = np.maximum(extra, 0.0) * problem.model.unit_margin
    written = written_ahead(problem.loaded.data)
    if not left_open(written):
        return None
    weights: dict[_Doubt, float] = {}
    for product, weight in zip(products, leaning.tolist(), strict=True):
        doubt = _doubt(product, scenario.response, len(written.get("own") or ()))
        if doubt is not None:
            weights[doubt] = weights.get(doubt, 0.0) + weight * (doubt.high - doubt.share)
    best = max(weights, key=lambda each: weights[each], default=None)
    return best if best is not None and weights[best] > 0 else None


def _doubt(product: Product, response: ResponseTerms, said: int) -> _Doubt | None:
    """Return what is not known of a product; of the first ``said`` rows people said it."""
    ahead = response.pull_forward
    row = ahead.of(product)
    if row.high is None or any(row is each for each in ahead.own[:said]):
        return None
    high = min(round(row.high, 2), 1.0 - response.cannibalisation)
    alone = isinstance(row, OwnPullForward) and row.product is not None
    return _Doubt(
        product=product.id if alone else None, category=None if alone else product.category, share=row.share, high=high
    )


def _gain(model: Coefficients, plan: Plan) -> int:
    """Return the profit of a plan over that of the empty one, in minor units."""
    with_it, without = (measured(account(model, each), Measure.PROFIT, Scope()) for each in (plan, np.zeros_like(plan)))
    return with_it - without
