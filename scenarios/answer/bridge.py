"""The gross-to-net bridge: response terms switched on one after the other; the terms add up to the profit change.

Order: gross bump, fatigue, cannibalisation, pull-forward, halo, basket; then, from the account's own rows, discount on
base buyers, discount on the bump, gifts, contacts, fixed costs, vendor funding. What earlier lines (history) left of
the baseline is in every step, and in the empty plan too. The steps are float sums: what the rounding of the account's
cells adds to them is part of the gross bump, so that a cause that is absent has a term of exactly 0.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np

from scenarios.answer.cells import Account
from scenarios.answer.plan import Bridge
from scenarios.arrays import Float, Plan
from scenarios.response.coefficients import Coefficients
from scenarios.response.model import Chosen, Setting, choose, flows, pair_indices, setting
from scenarios.response.totals import Shares, charges, look_up
from scenarios.rounding import scaled, to_decimal


def bridge(model: Coefficients, book: Account, empty: Account) -> Bridge:
    """Take a plan's profit change apart.

    Parameters
    ----------
    book, empty
        Accounts of the plan and of the empty plan.
    """
    steps = _steps(model, book.plan, book.digits)
    later = [after - before for before, after in pairwise(steps)]
    terms = [_full_margin(book) - _full_margin(empty) - sum(later), *later]
    rows = book.rows
    on_base = int(rows.discount_on_base.sum())
    spared = int(rows.fee_spared.sum())
    per_discount = model.economics.fee_share[rows.product]  # of orders, whose product is -1, the last
    fees = sum(
        int(rows.discount_on_base[per_discount == share].sum()) * float(share) for share in np.unique(per_discount)
    )
    spared_on_base = min(int(scaled(fees, 0)), spared)
    terms += [
        spared_on_base - on_base,
        (spared - spared_on_base) - (int(rows.discount.sum()) - on_base),
        -int(rows.gift_cost.sum()),
        -int(rows.contact_cost.sum()),
        -int(rows.fixed_cost.sum()),
        int(rows.funding.sum()),
    ]

    def money(amount: int) -> Decimal:
        return to_decimal(amount, book.digits)

    names = (
        *("gross_bump", "fatigue", "cannibalisation", "pull_forward", "halo", "basket"),
        *("discount_on_base", "discount_on_bump", "gifts", "contacts", "fixed_costs", "vendor_funding"),
    )
    return Bridge(**{name: money(term) for name, term in zip(names, terms, strict=True)}, net=money(sum(terms)))


def _full_margin(book: Account) -> int:
    """Return margin at the regular price less what is charged beyond the horizon, in minor units."""
    cells = book.cells
    charged = cells.borrowed.sum() + cells.left_fatigue.sum() + cells.ahead.sum()
    return int(cells.sales.sum() - cells.cost.sum() - cells.fees.sum() - charged)


def _steps(model: Coefficients, plan: Plan, digits: int) -> list[int]:
    """Margin at the regular price after each of the six response terms is switched on, in minor units."""
    cell, basket = pair_indices(model.grid.split(plan), model.grid.widths, np)
    full, shares = choose(model, cell, basket, np), look_up(model, cell, basket, np)
    here = setting(model)
    nothing = np.zeros_like(full.reach)
    quiet = Chosen(
        theft=nothing,
        spill=nothing,
        reach=nothing,
        dips=tuple(nothing for _ in full.dips),
        basket_lift=np.zeros_like(full.basket_lift),
        basket_reach=np.zeros_like(full.basket_reach),
    )
    alone = shares._replace(lift=_gross_lift(model, full, shares), beyond=nothing, basket_lift=quiet.basket_lift)
    fresh = here._replace(past_fatigue=np.ones_like(here.past_fatigue))
    stages: list[tuple[Chosen, Shares, Setting, bool]] = [(quiet, alone, fresh, False)]
    tired = quiet._replace(reach=full.reach)
    stages.append((tired, alone, here, True))
    robbed = tired._replace(theft=full.theft)
    own = alone._replace(lift=shares.lift)
    stages.append((robbed, own, here, True))
    dipped = robbed._replace(dips=full.dips)
    borrowing = own._replace(beyond=shares.beyond)
    stages.append((dipped, borrowing, here, True))
    stages.append((dipped._replace(spill=full.spill), borrowing, here, True))
    stages.append((full, shares, here, True))
    return [int(scaled(_margin(model, *stage), digits)) for stage in stages]


def _margin(model: Coefficients, chosen: Chosen, shares: Shares, where: Setting, charged: bool) -> float:
    """Margin at the regular price less charges; fatigue left over is charged only once fatigue is switched on."""
    if not charged:
        model = replace(model, strengths=replace(model.strengths, charges_carry_over=False))
    flow = flows(chosen, where, model, np)
    plain = flow.plain_base + flow.plain_bump * shares.lift
    units = flow.base + flow.bump * shares.lift
    margin = (units * model.economics.unit_margin[:, None]).sum()
    return float(margin - sum(part.sum() for part in charges(model, shares, flow, where, plain, np)))


def _gross_lift(model: Coefficients, chosen: Chosen, shares: Shares) -> Float:
    """Lift before what theft could not place is taken off, read back from the share that is truly new.

    Where nothing is new (cannibalisation and pull-forward are 100 % together) the kept lift stands for it.
    """
    count = (model.rivals < len(model.rivals)).sum(axis=1)
    new = np.asarray(1.0 - model.strengths.stolen(count, np) - model.strengths.pull_forward)[:, None]
    known = (chosen.spill > 0) & (new > 0)
    return np.asarray(np.where(known, chosen.spill / np.where(new > 0, new, 1.0), shares.lift))
