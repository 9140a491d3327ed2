"""Lines that lose money and stand only because a stock would not last without them: they tire customers.

Where demand is above what is there, a limit on stock is kept by selling less elsewhere. A cheap line that wears
customers out does that, and the model is right that the plan earns most so. People should see it, and what selling out
would be worth in its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.ledger import Ledger, LedgerReport
from planner.evolution.start.first import VERY_MANY
from planner.evolution.workspace import Candidate, Workspace
from planner.figures import count, money_style, plural
from scenarios.answer.plan import RankedPlan
from scenarios.language.implied_ids import STOCK


@dataclass(frozen=True, kw_only=True)
class KeptForStock:
    """Lines of a product that stand only for its own stock."""

    slots: frozenset[int]
    words: str


def kept_for_stock(
    space: Workspace, best: Candidate, report: LedgerReport, ranked: RankedPlan, ledger: Ledger
) -> tuple[KeptForStock, ...]:
    """Say which lines of the best plan lose by themselves and are needed by a stock alone, a sentence a product.

    Nothing is said on very many slots: every product with such lines takes the ledger a second or more there.

    Parameters
    ----------
    report
        The ledger's on the best plan.
    ranked
        The same plan with what each line contributes.
    """
    grid, found = space.grid, []
    if grid.slots > VERY_MANY:
        return ()
    for product in space.limits.stock_products:
        name = grid.products[int(product)].id
        losing = tuple(
            line
            for line in ranked.lines
            if line.product == name and line.contribution is not None and line.contribution < 0
        )
        slots = [grid.slot_number(grid.locate(line.line)[0]) for line in losing]
        slots = [slot for slot in slots if not space.rules.fixed[slot]]
        if not slots:
            continue
        without = best.plan.copy()
        without[slots] = 0
        verdict = ledger.verdict(without)
        broken = [limit for limit in verdict.limits if not limit.ok]
        if [limit.id for limit in broken] != [f"{STOCK}{name}"] or not all(rule.satisfied for rule in verdict.rules):
            continue
        more = ledger.objective(without) - report.objective
        if more <= 0:
            continue
        stock = broken[0]
        apart, beside = (float(np.mean(ledger.gained(plan))) for plan in (without, best.plan))
        money = money_style(grid.scenario.currency, [more, report.objective])
        stand, them = ("costs {} and stands", "it") if len(slots) == 1 else ("cost {} and stand", "them")
        demand = f"{count(stock.decides)} of {count(stock.limit)} units {stock.at} ({stock.id})"
        words = (
            f"{plural(len(slots), 'line')} on {name} {stand.format(money(more))} only so that fewer want it later: "
            f"without {them} demand is {demand}; were it simply sold out then, the plan without {them} would gain "
            f"{money(apart)} in profit on average over the futures, which sell no more than there is, against "
            f"{money(beside)} with {them}"
        )
        found.append(KeptForStock(slots=frozenset(slots), words=words))
    return tuple(found)
