"""What the measurement of a rollout can tell, what it costs, and what it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.export.rollout_customers import Customers
from planner.flight.at_shelf import who_is_kept_from
from planner.flight.rollout.design import SegmentHoldout
from planner.flight.rollout.segments_together import together
from scenarios.answer.plan import RankedPlan
from scenarios.first_few import first_few
from scenarios.grid import Grid
from scenarios.language.words import Layer
from surrogate.flight.measure.power import SPREAD, Buying


def rollout_says(
    grid: Grid,
    ranked: RankedPlan,
    holdouts: Sequence[SegmentHoldout],
    customers: Customers | None,
    buyings: Sequence[Buying | None],
    notes: Sequence[str],
) -> Iterator[str]:
    """Say what can be measured, what it costs, and what cannot.

    Parameters
    ----------
    holdouts
        By segment: who is kept out.
    customers
        Who there is; None where nobody was given.
    buyings
        [S] how they buy, where that is known; empty where of nobody.
    notes
        What was said of the switchbacks.
    """
    offers = {offer.id: offer for offer in grid.scenario.offers}
    public = any(offers[line.offer].layer is Layer.PUBLIC for line in ranked.lines)
    if customers is None and holdouts:
        yield "no customers were given: audiences and holdout are not drawn; give --customers FILE"
    if customers is not None and customers.left_out:
        yield f"{customers.left_out:,} customers are in segments that the scenario does not know, and get nothing"
    for each in holdouts:
        yield each.sentence(drawn=customers is not None)
        if each.held:
            yield each.cost_sentence(drawn=customers is not None)
    if customers is None or customers.before is None:
        yield from _not_by_their_own_past(grid, holdouts, buyings)
    shelf = tuple(dict.fromkeys(offer for each in holdouts for offer in each.at_shelf))
    if shelf:
        yield who_is_kept_from(shelf, held=any(each.held and each.at_shelf for each in holdouts))
    joint = together(holdouts)
    if joint is not None:
        yield joint
    yield from notes
    if public and not notes:
        yield "public prices have no switchback: their effect cannot be told from what else happens; see --switchback"
    if not ranked.lines:
        yield "the plan holds no line: there is nothing to roll out"


def _not_by_their_own_past(
    grid: Grid, holdouts: Sequence[SegmentHoldout], buyings: Sequence[Buying | None]
) -> Iterator[str]:
    """Say how customers are taken to buy whose own past the file does not tell."""
    held = [each.segment for each in holdouts if each.held]
    known = {name: buyings[grid.segment_index[name]] for name in held} if buyings else {}
    told = {name: one for name, one in known.items() if one is not None}
    if told:
        shown = ", ".join(f"{name} {one.lot:.1f} units and {one.spread:.0%}" for name, one in told.items())
        yield (
            "by the data that effects were learned from, customers take so many units of the goods on offer at a time, "
            f"and their own rates of buying them scatter by so much: {shown}; a column before would tell it of these "
            "customers"
        )
    rest = [name for name in held if name not in told]
    if rest:
        whose = f"customers' own rates of buying{f' in {first_few(rest)}' if told else ''}"
        yield (
            f"assumed: {whose} scatter by {SPREAD:.0%}, a unit at a time; where they buy several at a time or scatter "
            "more, less can be detected than is told here; a column before would tell it"
        )
