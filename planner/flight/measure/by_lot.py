"""What a rollout's lot switched off is no departure from the plan: it is how the campaign was to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from planner.figures import plural
from planner.flight.measure.measured import Switch
from scenarios.arrays import Plan
from scenarios.first_few import first_few
from scenarios.flight.actuals import Actuals, Ran
from scenarios.flight.reading.oddities import ran_otherwise
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import BASKET

UNTOLD = (
    "the file does not tell which offers ran (column offer): taken to be those of the plan, and off on the days that "
    "the rollout's lot switched off"
)


def besides_lots(actuals: Actuals, plan: Plan, switches: Sequence[Switch]) -> Actuals:
    """Return actuals whose warnings name only what ran otherwise than the plan and the lots of its rollouts say.

    Where the actuals do not tell what ran, that is the plan without the days that the lots switched off.
    """
    off = {(switch.period, switch.product, switch.offer) for switch in switches if not switch.on}
    if not off:
        return actuals
    day = actuals.grid.scenario.horizon.period_of
    lines, so_far = list[PlanLine](), False
    for line in actuals.grid.lines(plan):
        if (day(line.date), line.product, line.offer) in off:
            so_far |= day(line.date) <= actuals.last
        else:
            lines.append(line)
    if actuals.ran is None:
        if not so_far:
            return actuals
        return replace(actuals, ran=_ran(actuals, lines), warnings=(*actuals.warnings, UNTOLD))
    otherwise = ran_otherwise(actuals, lines)
    still = [one for one in actuals.warnings if one not in actuals.otherwise]
    return replace(actuals, otherwise=otherwise, warnings=(*otherwise, *still))


def without_lots(
    grid: Grid, plan: Plan, switches: Sequence[Switch], periods: range
) -> tuple[Plan, tuple[tuple[str, str, int], ...]]:
    """Return the plan without the lines that the lots switched off in some periods, and these: offer, product, period.

    Parameters
    ----------
    plan
        The flat plan [N].
    """
    off = {(switch.period, switch.product, switch.offer) for switch in switches if not switch.on}
    left, gone = plan.copy(), list[tuple[str, str, int]]()
    for line in grid.lines(plan):
        period = grid.scenario.horizon.period_of(line.date)
        if period in periods and (period, line.product, line.offer) in off:
            slot, _ = grid.locate(line)
            left[grid.slot_number(slot)] = 0
            gone.append((line.offer, line.product, period))
    return left, tuple(gone)


def on_again(grid: Grid, plan: Plan, switches: Sequence[Switch], last: int) -> tuple[str, ...]:
    """Say which days the lots of the running plan switch off after a period, which a new plan knows nothing of."""
    _, gone = without_lots(grid, plan, switches, range(last + 1, grid.shape[2]))
    if not gone:
        return ()
    horizon = grid.scenario.horizon
    off = plural(len({period for _, _, period in gone}), horizon.unit.value)
    said = f"from {horizon.date_of(last + 1)} on the rollout so far has {off} off by lot, and the new plan none"
    return (f"{said}: campaign export --rollout writes its prices, and draws lots anew with --switchback",)


def off_by_lot(actuals: Actuals, switches: Sequence[Switch]) -> Iterator[str]:
    """Say which prices did not run so far because the lots had switched them off, a sentence each offer and product.

    Nothing is said where the actuals do not tell what ran, or tell nothing of the product.
    """
    grid, gone = actuals.grid, list[tuple[str, str, int]]()
    ran = {(each.period, each.product, each.offer) for each in actuals.ran or ()}
    for switch in switches:
        k = grid.product_index[switch.product]
        told = actuals.ran is not None and switch.period <= actuals.last and actuals.observed[k, switch.period]
        if told and not switch.on and (switch.period, k, grid.offer_index[switch.offer]) not in ran:
            gone.append((switch.offer, switch.product, switch.period))
    for where in places(grid, gone):
        yield f"off by the rollout's lot, as it should be: {where}"


def places(grid: Grid, gone: Iterable[tuple[str, str, int]]) -> Iterator[str]:
    """Name offers and products with their days, one text each."""
    days: dict[tuple[str, str], list[int]] = {}
    for offer, product, period in gone:
        days.setdefault((offer, product), []).append(period)
    for (offer, product), periods in sorted(days.items()):
        dates = [str(grid.scenario.horizon.date_of(period)) for period in sorted(periods)]
        yield f"{offer} on {product}, {first_few(dates)}"


def _ran(actuals: Actuals, lines: Iterable[PlanLine]) -> frozenset[Ran]:
    """Return what the column ``offer`` would tell of some lines, row by row."""
    grid, found = actuals.grid, set[Ran]()
    rows = np.asarray(np.isfinite(actuals.tables["units"]).any(axis=0))
    for line in lines:
        product = None if line.product == BASKET else grid.product_index[line.product]
        period, own = grid.scenario.horizon.period_of(line.date), grid.segment_index.get(line.segment)
        here = rows[:, -1 if product is None else product, period]
        split = [s for s in np.flatnonzero(here[:-1]).tolist() if own in (None, s)]
        for segment in split if here[:-1].any() else [None] if here[-1] else []:
            found.add(Ran(period=period, product=product, segment=segment, offer=grid.offer_index[line.offer]))
    return frozenset(found)
