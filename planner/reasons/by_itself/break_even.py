"""What an offer needs to pay for itself: the lift at its terms, or the vendor's funding at its expected lift.

Each line is looked at alone, as the account of a plan of this line has it (`planner.reasons.by_itself.lines_alone`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.optimize import brentq

from planner.reasons.by_itself.line_parts import LineParts
from planner.reasons.by_itself.lines_alone import alone, expected_lifts, place
from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects

ROUNDS = 20
"""Corrections of a break-even lift for caps on what a bump takes from others; without caps the first is exact."""
NEAR = 0.01
"""How far on either side of what the corrections come to a break-even lift is looked for, as a share of it."""
MOST_LIFT = 20.0
"""Lift up to which a break-even lift is looked for where corrections find none: 2,000 %."""
TRIED = 16
"""Lifts that are tried up to there, each larger than the one before by the same factor."""
LEAST_TRIED = 0.02
"""The least of them."""


@dataclass(frozen=True, kw_only=True)
class BreakEven:
    """One offer over all the places where it applies, at its largest coverage and quantity."""

    offer: int
    lift: float
    """Expected lift, weighted by baseline units; nan, as what is needed, where nothing is sold that it could lift."""
    table_lift: float
    """The same before caps per customer, and with baskets of products that are sold out: as the effects have it."""
    break_even_lift: float
    """Lift from which on the bump's margin pays discount, gifts, messages and fixed cost.

    inf where no lift up to `MOST_LIFT` does, or none between the expected one and that.
    """
    funding: float
    """Share that a vendor pays now; where vendors pay different shares, the mean by what they pay on."""
    break_even_funding: float
    """Share at which the offer pays at its expected lift: below 0 it needs none, above 1 no funding is enough.

    The same of every vendor who pays; where nobody pays, on all products. What is paid by the unit stays as it is.
    """
    profit: float
    """Profit of an average line alone, in major units."""
    slots: int
    paying_slots: int
    """Slots in which the line alone earns more than it costs."""
    unit_funding: float = 0.0
    """What a vendor pays now for each unit sold, in major units; of different amounts the mean."""
    break_even_unit_funding: float = float("nan")
    """Amount for each unit at which the offer pays at its expected lift, beside the present share; nan where nothing is
    sold under it."""
    line_funding: float = 0.0
    """What a vendor pays now for each line, in major units; of different amounts the mean."""

    @property
    def pays(self) -> bool:
        """Whether the offer earns money in some slot by itself."""
        return self.paying_slots > 0


def break_even(model: Coefficients, effects: Effects) -> tuple[BreakEven, ...]:
    """Work out every offer's break-even lift and funding; offers that no slot may hold are left out."""
    found = []
    for number in range(len(model.grid.scenario.offers)):
        line_of = partial(alone, model, effects, number)
        line = line_of()
        if len(line.base):
            needed = _needed_lift(model, effects, number, line, line_of)
            found.append(replace(_weigh(line, number, needed), line_funding=_line_funding(model.grid, number)))
    return tuple(found)


def _line_funding(grid: Grid, number: int) -> float:
    """What vendors pay for a line of an offer where it may run, the mean of those who pay."""
    offer = grid.scenario.offers[number]
    if offer.is_basket:
        return float(offer.terms_on(None).per_line)
    layer, column, _ = place(grid, number)
    here = grid.allowed.public[..., column] if layer == 0 else grid.allowed.targeted[..., column]
    terms = [offer.terms_on(grid.products[at].vendor) for at in np.nonzero(here)[-2]]
    paid = np.array([float(each.per_line) for each in terms])
    return _mean(paid, np.array([float(each.payer is not None) for each in terms]))


def _mean_lift(line: LineParts) -> float:
    return float(line.bump.sum() / line.base.sum()) if line.base.sum() > 0 else np.nan


def _needed_lift(
    model: Coefficients, effects: Effects, number: int, line: LineParts, line_of: Callable[..., LineParts]
) -> float:
    """Mean lift at which the bump pays for the line: the expected lifts, all scaled alike; inf where none is found.

    What is sold to base buyers stays, everything on the bump grows with the scale; only caps on theft and dips bend
    it, hence the corrections. Where these lead nowhere, profit may fall first and rise beyond the caps: then lifts are
    tried one after another.
    """
    lifts, expected = expected_lifts(model, effects, number), _mean_lift(line)
    if np.isnan(expected):
        return np.nan
    lifted = expected > 0
    if not lifted:
        lifts, expected = np.ones_like(lifts), 1.0

    def profit(lift: float) -> float:
        return float(line_of(lifts * (lift / expected)).profit().sum())

    costs = line.on_base()
    if costs <= 0:  # it pays where it lifts nothing; each unit more may cost
        return _first_paying(profit, expected) if lifted and line.profit().sum() < 0 else 0.0
    scale, line = 1.0, line if lifted else line_of(lifts)
    for _ in range(ROUNDS):
        pays = line.on_bump()
        if pays <= 0:
            break
        before, scale = scale, scale * costs / pays
        line = line_of(lifts * scale)
        if abs(scale - before) <= 1e-12 * scale:
            return expected * scale
    else:  # near, and not there yet
        below, above = (expected * scale * each for each in (1.0 - NEAR, 1.0 + NEAR))
        if profit(below) < 0 <= profit(above):
            return float(brentq(profit, below, above, xtol=1e-9))
    return _first_paying(profit, 0.0)


def _first_paying(profit: Callable[[float], float], least: float) -> float:
    """Return the first lift beyond one that does not pay at which profit is 0; inf where none that is tried pays."""
    below = least
    for lift in np.geomspace(LEAST_TRIED, MOST_LIFT, TRIED).tolist():
        if lift <= below:
            continue
        if profit(lift) >= 0:
            return float(brentq(profit, below, lift, xtol=1e-9))
        below = lift
    return np.inf


def _weigh(line: LineParts, number: int, needed: float) -> BreakEven:
    of_costs, for_units = line.share * line.fundable, line.per_unit * line.kept
    profit = line.profit()
    missing = float((line.paid + line.cost - line.gain).sum())
    share = _enough(missing - float(for_units.sum()), float((line.fundable * line.payable).sum()))
    amount = _enough(missing - float(of_costs.sum()), float((line.kept * line.payable).sum()))
    lift = _mean_lift(line)
    return BreakEven(
        offer=number,
        lift=lift,
        table_lift=np.nan if np.isnan(lift) else float(line.told.sum() / line.base.sum()),
        break_even_lift=needed,
        funding=_mean(line.share, line.fundable * line.payable),
        break_even_funding=np.nan if np.isnan(lift) else share,
        profit=float(profit.mean()),
        slots=len(profit),
        paying_slots=int((profit > 0).sum()),
        unit_funding=_mean(line.per_unit, line.kept * line.payable),
        break_even_unit_funding=np.nan if np.isnan(lift) else amount,
    )


def _mean(terms: Float, weight: Float) -> float:
    """Mean of what vendors pay where they pay, to 1/10,000; of terms that are all the same these, to the last digit."""
    there = np.unique(terms[weight > 0]) if (weight > 0).any() else np.unique(terms)
    return float(there[0]) if len(there) == 1 else round(float((terms * weight).sum() / weight.sum()), 4)


def _enough(missing: float, paid_on: float) -> float:
    """How much of what is paid on brings in what is missing: nothing (-inf) or no funding (inf) where that is 0."""
    return missing / paid_on if paid_on > 0 else (-np.inf if missing <= 0 else np.inf)
