"""Where a plan could hold an offer and does not, and why not: every slot and offer, one change at a time.

What each change gains is exact: one derivative of the account in float64 serves all slots and offers. Two more tell
where a loss comes from: that of the empty plan, in which nothing stands beside the line, and that of the same plan
among customers whom no offer tires. Rules are asked of all changes at once; limits only of those that gain and keep the
rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from constraints.broken_rules import broken_rules
from constraints.rulebook import RuleBook
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.messages import Together
from planner.evaluation.plan_order import gains_by_plan
from planner.reasons.breaking import Overruns, broken_limits
from planner.reasons.not_planned.shared_messages import shared_messages
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.currency import minor_digits
from scenarios.grid import Grid
from scenarios.response.changes import Changes
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import objective_functional

DUST = 1e-9
"""Share of the plan's objective below which a change is rounding."""
FULLEST = 8
"""Rows of limits, those with the least room, that many changes are held against before they are valued one by one."""
FAR = 1e-4
"""Share of a row's scale from which on a derivative in float32 leaves no doubt that it is over."""
AT_A_TIME = 256
"""Plans that are valued together: more would only take more memory."""


class Reason(StrEnum):
    """Why an offer does not stand where it could."""

    ALONE = "loses_alone"
    """It would lose even where nothing stands beside it."""
    MESSAGE = "message_not_paid"
    """It would lose, and gain in a message that others pay for: by itself it must pay for the whole message."""
    TIRED = "customers_tired"
    """It would lose, and gain if offers tired nobody."""
    BESIDE = "loses_beside_others"
    """It gains in an empty plan, and takes more than that from the plan's other lines."""
    NOTHING = "changes_nothing"
    """It changes less than half of the smallest amount."""
    TAKEN = "slot_taken"
    """What stands there is worth more."""
    TIED = "tied_by_rule"
    """It would gain, and rules let it stand only with other lines, or not without what it takes the place of."""
    RULE = "rule"
    LIMIT = "limit"
    OPEN = "open"
    """It would gain and break nothing: the search has not found it."""
    CLOSED = "nothing_sold"
    """Nothing at all is sold in the period."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Options:
    """M pairs of a slot and an offer that does not stand there, each at the level that comes closest."""

    slot: Int
    """[M]"""
    choice: Int
    """[M]"""
    offer: Int
    """[M] number of the offer."""
    product: Int
    """[M] index of the product; K is the basket."""
    gain: Float
    """[M] change of the objective if it stood there."""
    alone: Float
    """[M] change of the objective if it were the only line."""
    reason: tuple[Reason, ...]
    barred: tuple[tuple[str, ...], ...]
    """[M] ids of the rules or limits that it breaks, where that is the reason."""
    message: tuple[Together | None, ...]
    """[M] the whole message that it would share, where that is the reason."""

    def together(self, place: int) -> float:
        """What one of them changes; where it shares a message, what the whole message does."""
        message = self.message[place]
        return float(self.gain[place] if message is None else message.gain)


def find_options(
    evaluator: Evaluator, book: RuleBook, ranked: RankedPlan, plan: Plan, wanted: Flag, first: int = 0
) -> Options:
    """Look at every slot and offer of a plan [N].

    Parameters
    ----------
    ranked
        The plan's result, whose use at risk is known.
    wanted
        [N, width] choices that are asked about.
    first
        First period that is still open; earlier ones have run.
    """
    grid, model = evaluator.grid, evaluator.model
    offer, product, period = axes(grid)
    standing = offer[np.arange(grid.slots), plan]
    open_ = grid.allowed_flat & wanted & (offer >= 0) & (offer != standing[:, None]) & (period >= first)[:, None]
    slots, choices = (part.astype(np.int64) for part in np.nonzero(open_))
    gains = single_changes(model, plan)
    gain = gains[slots, choices]
    alone = single_changes(model, grid.empty())[slots, choices]
    rested = single_changes(_tireless(model), plan)[slots, choices]
    least = tolerance(grid, float(ranked.objective))
    free = plan[slots] == 0
    losing = np.where(rested > least, Reason.TIRED, np.where(alone > least, Reason.BESIDE, Reason.ALONE))
    reason = np.where(free, np.where(gain < -least, losing, Reason.NOTHING), Reason.TAKEN).astype(object)
    barred: list[tuple[str, ...]] = [()] * len(slots)
    shut = ~np.asarray(model.base_units.any(axis=(0, 1)))[period[slots]]
    reason[shut & free] = Reason.CLOSED
    # Lines of any offer may share a message, also of one that is not asked about. What is sent once for several days
    # pays by all of these.
    once = np.array([each.valid is not None for each in grid.scenario.offers])[offer] & (offer >= 0)
    open_now = grid.allowed_flat & ~once & (period >= first)[:, None]
    messages = shared_messages(evaluator, book, plan, gains, open_now)
    shared = {line: each for each in messages for line in zip(each.slots.tolist(), each.choices.tolist(), strict=True)}
    in_message = np.array([pair in shared for pair in zip(slots.tolist(), choices.tolist(), strict=True)], dtype=bool)
    reason[in_message & free & ~shut & (gain < -least)] = Reason.MESSAGE
    hopeful = np.flatnonzero((gain > least) & ~(shut & free))
    _bar(evaluator, book, ranked, plan, (slots, choices), hopeful, reason, barred)
    # of the levels of an offer in a slot: one that could stand there or share a message, else the one that gains most
    rank = np.where(reason == Reason.OPEN, 0, np.where(reason == Reason.MESSAGE, 1, 2))
    order = np.lexsort((-gain, rank, offer[slots, choices], slots))
    pair = np.stack([slots, offer[slots, choices]], axis=1)[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (pair[1:] != pair[:-1]).any(axis=1)
    kept = order[new]
    return Options(
        slot=slots[kept],
        choice=choices[kept],
        offer=offer[slots, choices][kept],
        product=product[slots][kept],
        gain=gain[kept],
        alone=alone[kept],
        reason=tuple(Reason(each) for each in reason[kept]),
        barred=tuple(barred[place] for place in kept),
        message=tuple(
            shared[int(slots[place]), int(choices[place])] if reason[place] is Reason.MESSAGE else None
            for place in kept
        ),
    )


def tolerance(grid: Grid, objective: float) -> float:
    """Change of the objective that counts as none: what no amount shows, or rounding."""
    return max(0.5 * 10.0 ** -minor_digits(grid.scenario.currency), DUST * (1.0 + abs(objective)))


def single_changes(model: Coefficients, plan: Plan) -> Float:
    """[N, width] what the objective gains where one slot changes to a choice, or to none, and all else stays."""
    grid = model.grid
    changes = Changes(model, objective_functional(model), plan)
    table = np.zeros((grid.slots, grid.width))
    for block, width in enumerate(grid.widths):
        for choice in range(width):
            table[grid.offsets[block] : grid.offsets[block + 1], choice] = changes.to(block, choice).ravel()
    return table


def _tireless(model: Coefficients) -> Coefficients:
    """The same question among customers whom no offer tires."""
    past = model.past
    fresh = replace(past, fatigue=np.ones_like(past.fatigue), basket_fatigue=np.ones_like(past.basket_fatigue))
    return replace(model, strengths=replace(model.strengths, fatigue=0.0), past=fresh)


def axes(grid: Grid) -> tuple[Int, Int, Int]:
    """[N, width] offer of each choice, -1 for none, [N] product (K for baskets) and [N] period of each slot."""
    s, k, t = grid.shape
    offer = np.full((grid.slots, grid.width), -1)
    for block, choices in enumerate(grid.choices):
        offer[grid.offsets[block] : grid.offsets[block + 1], 1 : len(choices) + 1] = [each.offer for each in choices]
    products = np.arange(k)[:, None]
    product = [
        np.broadcast_to(products, (k, t)),
        np.broadcast_to(products, (s, k, t)),
        np.full(t, k),
        np.full(s * t, k),
    ]
    period = np.arange(grid.slots)
    starts = np.array(grid.offsets[:-1])
    block_of = np.searchsorted(starts, period, side="right") - 1
    return offer, np.concatenate([part.ravel() for part in product]), (period - starts[block_of]) % t


def _bar(
    evaluator: Evaluator,
    book: RuleBook,
    ranked: RankedPlan,
    plan: Plan,
    changes: tuple[Int, Int],
    hopeful: Int,
    reason: NDArray[np.object_],
    barred: list[tuple[str, ...]],
) -> None:
    """Write down of changes that gain what bars them: rules first, then limits by true use."""
    slots, choices = changes
    kept = book.allowed(plan)[slots[hopeful], choices[hopeful]]
    tying = {rule.id for rule in book.rules if rule.ties_lines}
    for part in _parts(hopeful[~kept]):
        for place, names in zip(part, broken_rules(book, _changed(plan, slots[part], choices[part])), strict=True):
            # What forbids it is named before what only ties it to other lines.
            barred[place] = tuple(sorted(names, key=lambda name: name in tying))
            reason[place] = Reason.TIED if tying.issuperset(names) else Reason.RULE
    plain = _plainly_over(evaluator, ranked, plan, changes, hopeful[kept])
    for place, names in plain.items():
        reason[place], barred[place] = Reason.LIMIT, names
    for part in _parts(np.array([place for place in hopeful[kept] if place not in plain], dtype=np.int64)):
        values = evaluator.value(_changed(plan, slots[part], choices[part]))
        for place, uses, stock in zip(part, values.uses, values.stock, strict=True):
            names = tuple(each.id for each in broken_limits(evaluator.limits, ranked, uses, stock))
            reason[place], barred[place] = Reason.LIMIT if names else Reason.OPEN, names


def _plainly_over(
    evaluator: Evaluator, ranked: RankedPlan, plan: Plan, changes: tuple[Int, Int], places: Int
) -> dict[int, tuple[str, ...]]:
    """Name the fullest limits that some changes are far over, without valuing each: by one derivative a limit.

    What is only just over, or is over another limit, is valued truly: derivatives are in float32.
    """
    limits = evaluator.limits
    if len(places) <= AT_A_TIME or not limits.ids:
        return {}
    slots, choices = changes[0][places], changes[1][places]
    rows, uses = Overruns(limits, ranked), evaluator.value(plan[None]).uses[0]
    room = -rows.over(uses)
    over: dict[int, list[str]] = {}
    for row in np.argsort(room, kind="stable")[:FULLEST]:
        prices = np.zeros(len(limits.ids))
        prices[row] = -limits.sign[row]
        added = gains_by_plan(evaluator.gains(plan, 0.0, prices, np.zeros(limits.available.shape)), evaluator.grid)
        used = np.repeat(uses[None], len(places), axis=0)
        used[:, row] += added[slots, choices]
        for place in places[rows.over(used)[:, row] > FAR]:
            over.setdefault(int(place), []).append(limits.ids[row])
    return {place: tuple(dict.fromkeys(names)) for place, names in over.items()}


def _parts(places: Int) -> list[Int]:
    return [places[first : first + AT_A_TIME] for first in range(0, len(places), AT_A_TIME)]


def _changed(plan: Plan, slots: Int, choices: Int) -> Plan:
    """[M, N] the plan with each of M changes made by itself."""
    plans = np.repeat(plan[None], len(slots), axis=0)
    plans[np.arange(len(slots)), slots] = choices
    return plans
