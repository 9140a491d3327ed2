"""Lines that would pay well and that only a little missing stock keeps out of the best plan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from constraints.ledger import Ledger
from constraints.line_words import line_words
from planner.evaluation.evaluator import MANY_SLOTS
from planner.evolution.workspace import Candidate, Workspace
from planner.figures import count, money_style, plural
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Float, Plan
from scenarios.first_few import NAMED
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Offer
from scenarios.language.words import Layer, Mechanic

LITTLE = 0.1
"""Share of what is there by then, up to which what is missing is little."""
WORTH_A_NOTE = 0.01
"""Share of the best plan's objective that such a line must bring."""
ADDED = 12
"""Lines of a product that are tried at most, by what each gains alone, ..."""
DROPPED = 8
"""... each also in place of this many of the plan's other lines on the product, those that earn least."""
AUDITED = 3
"""Changes of a product that the ledger judges at most, those that gain most first."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Change:
    """One line more, perhaps in place of others."""

    plan: Plan
    added: int
    """Its slot."""
    gone: tuple[int, ...]
    """Slots whose lines it takes the place of."""
    gain: float


@dataclass(frozen=True, kw_only=True, eq=False)
class _Missed:
    """What a change is worth by the ledger, and the stock that it breaks."""

    change: _Change
    gain: Decimal
    stock: LimitResult
    first: int
    """Period from which on stock lacks."""


def short_of_stock(space: Workspace, best: Candidate, ledger: Ledger) -> tuple[str, ...]:
    """Say which line would bring much and lacks only a little stock, one a product; nothing on very many slots.

    Found by exact gains of lines that come, alone or in place of another one on the product; the ledger finds nothing
    else broken. What the stock that is missing would sell beside the line is not in what it brings.
    """
    if space.grid.slots > MANY_SLOTS:
        return ()
    gains = space.gains_everywhere(best.plan, space.no_prices())
    found = [_best_of(space, best, ledger, int(product), gains) for product in space.limits.stock_products]
    told = sorted((each for each in found if each is not None), key=lambda each: -each.gain)
    return tuple(_said(space, best, each) for each in told[:NAMED])


def _best_of(space: Workspace, best: Candidate, ledger: Ledger, product: int, gains: Float) -> _Missed | None:
    """The change of a product that gains most and breaks nothing but its stock, by little."""
    changes = sorted(_changes(space, best, product, gains), key=lambda change: -change.gain)
    for change in changes[:AUDITED]:
        verdict = ledger.verdict(change.plan)
        broken = [limit for limit in verdict.limits if not limit.ok]
        only = [limit.id for limit in broken] == [space.limits.stock_ids[product]]
        if not only or verdict.refused or not all(rule.satisfied for rule in verdict.rules):
            continue
        gain = ledger.objective(change.plan) - ledger.objective(best.plan)
        if gain > 0:
            over = space.score(change.plan).stock[product] > space.limits.available[product]
            first = int(np.argmax(over)) if over.any() else space.grid.slot(change.added).period
            return _Missed(change=change, gain=gain, stock=broken[0], first=first)
    return None


def _changes(space: Workspace, best: Candidate, product: int, gains: Float) -> Iterator[_Change]:
    """Changes that keep the rules and, in the search's sums, everything but the product's stock."""
    made = list(_made(space, best, product, gains))
    if not made:
        return
    plans, available = np.stack([plan for plan, _, _ in made]), space.limits.available
    others = available.copy()
    others[product] = np.inf
    for (plan, added, gone), legal, scored in zip(made, space.rules.keeps(plans), space.scores(plans), strict=True):
        over = scored.stock[product] - available[product]
        little = over.max() <= LITTLE * available[product, int(over.argmax())]
        gain = scored.objective - best.objective
        kept = space.evaluator.excess(scored.uses, scored.stock, space.bound, others).kept
        if legal and little and kept and gain > WORTH_A_NOTE * abs(best.objective):
            yield _Change(plan=plan, added=added, gone=gone, gain=gain)


def _made(space: Workspace, best: Candidate, product: int, gains: Float) -> Iterator[tuple[Plan, int, tuple[int, ...]]]:
    """Plans with one line more on a product, the slot that has it, and the slots that it takes the place of."""
    own = np.array([space.grid.slot(slot).product == product for slot in range(space.grid.slots)], dtype=bool)
    free = np.flatnonzero(own & ~space.rules.fixed)
    held = free[best.plan[free] > 0]
    least = held[np.argsort(-gains[held, 0], kind="stable")][:DROPPED].tolist()
    open_ = np.where(space.rules.base[free], gains[free], -np.inf)
    open_[:, 0] = open_[np.arange(len(free)), best.plan[free]] = -np.inf
    order = np.argsort(-open_, axis=None, kind="stable")[:ADDED]
    for place in order[np.isfinite(open_.ravel()[order])].tolist():
        row, choice = divmod(place, open_.shape[1])
        slot = int(free[row])
        for other in (None, *(each for each in least if each != slot)):
            plan = best.plan.copy()
            gone = tuple(each for each in (slot, other) if each is not None and plan[each])
            plan[list(gone)] = 0
            plan[slot] = choice
            yield plan, slot, gone


def _said(space: Workspace, best: Candidate, missed: _Missed) -> str:
    grid, change, stock = space.grid, missed.change, missed.stock
    added = grid.line(change.added, int(change.plan[change.added]))
    gone = [line_words(grid.line(slot, int(best.plan[slot]))) for slot in change.gone]
    place = f" in place of {' and '.join(gone)}" if gone else ""
    money = money_style(grid.scenario.currency, [missed.gain])
    lacks = plural(math.ceil(stock.decides - stock.limit), "unit")
    asked = f"{count(math.ceil(stock.decides))} of {count(stock.limit)} {stock.at}"
    offer = next(each for each in grid.scenario.offers if each.id == added.offer)
    day = grid.scenario.horizon.date_of(missed.first)
    return (
        f"{line_words(added)}{place} would bring about {money(missed.gain)} more and lacks {lacks} of stock ({asked}): "
        f"more of {added.product} by {day}{_smaller(offer, added)} makes room for it"
    )


def _smaller(offer: Offer, line: PlanLine) -> str:
    """Ways to make the line smaller, where its offer can have them and has none smaller yet."""
    ways = []
    if offer.mechanic is not Mechanic.FEATURE and min(offer.quantity or (1.0,)) >= line.quantity:
        ways.append("quantity")
    if offer.layer is Layer.TARGETED and min(offer.coverage) >= line.coverage:
        ways.append("coverage")
    return f", or a smaller {' or '.join(ways)} of {offer.id}," if ways else ""
