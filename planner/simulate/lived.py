"""A campaign that is lived before it happens: one future of a plan, written as the files that a shop would send.

The future is drawn from the plan's own effects, by a stream of its own, with the chance of single periods in it.
Customers whom the rollout holds out get no targeted offer. A folder of ``campaign replan`` goes on from its own
actuals. It serves to try out what comes after a plan; what it shows is not what will happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.frozen_tables import problem_tables
from planner.simulate.held_out_shares import held_out_shares
from scenarios.answer.archive import Frozen
from scenarios.answer.plan_files import PlanDirectory, read_plans
from scenarios.arrays import Float, Plan
from scenarios.currency import price_text
from scenarios.flight.messages.kept_out import reckoned
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import sales
from scenarios.grid import Grid
from scenarios.language.text.csv_files import read_csv
from scenarios.problems import InvalidInput, Problem
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import Sold
from scenarios.streams import stream
from scenarios.tables.table_files import write_rows
from surrogate.flight.chance import ChanceParams, with_chance

COLUMNS = ("date", "product", "segment", "group", "units", "revenue", "customers", "stock_end")
TREATED, HOLDOUT = "treated", "holdout"


def write_customers(folder: Path, out: Path) -> None:
    """Write one row for every customer of a plan's segments, with the segment's mean profile.

    Raises
    ------
    ValueError
        For a scenario whose segments are not read in.
    """
    segments = read_plans(folder).problem().scenario.segments
    if not isinstance(segments, tuple):
        raise ValueError("a stored scenario holds its segments")
    features = sorted({name for segment in segments for name in segment.profile})
    everybody = [segment for segment in segments for _ in range(segment.customers)]
    rows = (
        (f"card-{number:06d}", segment.id, *(str(segment.profile.get(name, "")) for name in features))
        for number, segment in enumerate(everybody, start=1)
    )
    write_rows(out, ("customer", "segment", *(name.replace(" ", "_") for name in features)), rows)


def write_actuals(folder: Path, out: Path, *, periods: int, rollout: Path | None, seed: int) -> None:
    """Write what the first plan of a folder sells in its first periods, in one of its futures.

    Parameters
    ----------
    rollout
        What ``campaign export --rollout`` wrote with customers: whom it holds out.
    seed
        Another one is another future.

    Raises
    ------
    InvalidInput
        For folders that hold no plans, more periods than the plan has, and a list of customers that is no rollout's.
    """
    directory = read_plans(folder)
    frozen = directory.problem()
    model, _ = problem_tables(frozen)
    if not 1 <= periods <= model.grid.shape[2]:
        wanted = f"1 to {model.grid.shape[2]} periods, as the plan has"
        raise InvalidInput([Problem(where=str(folder), what="--periods", expected=wanted, got=str(periods))])
    known, rows = _known(frozen)
    held = held_out_shares(model.grid, rollout)
    for period, row in _lived(directory, frozen, model, held, seed):
        if known <= period < periods:
            rows.append(row)
    write_rows(out, COLUMNS, rows)


def _known(frozen: Frozen) -> tuple[int, list[Sequence[str]]]:
    """Periods whose sales a re-planned folder knows already, and their rows."""
    flown = frozen.flown
    if flown is None:
        return 0, []
    table = read_csv(flown.actuals, flown.record.actuals)
    return flown.record.known_periods, list(zip(*map(table.texts, COLUMNS), strict=True))


def _lived(
    directory: PlanDirectory, frozen: Frozen, model: Coefficients, held: Float, seed: int
) -> list[tuple[int, tuple[str, ...]]]:
    """Period and row of everything that is sold over the whole horizon."""
    grid, scenario = model.grid, frozen.scenario
    plan = grid.plan_of(directory.plan_set.plans[0].plan_lines)
    effects = reckoned(frozen, grid, plan, held)
    all_, without = (
        _future(build_coefficients(grid, used, frozen.baskets), used, which, seed)
        for used, which in ((effects, plan), (frozen.effects, public_alone(grid, plan)))
    )
    apart = without.units[0] * held[:, None, None]
    groups = np.stack([np.maximum(all_.units[0] - apart, 0.0), apart])
    s = len(grid.segments)
    chanced = with_chance(groups.reshape(1, 2 * s, *groups.shape[2:]), ChanceParams(), stream(seed, "lived"))
    units = np.rint(chanced).reshape(groups.shape).astype(np.int64)
    each = np.stack([paid_by_unit(model, all_), paid_by_unit(model, without)])
    left = model.available - np.cumsum(units.sum(axis=(0, 1)), axis=-1)
    people = np.array([segment.customers for segment in grid.segments])
    kept_out = np.rint(people * held).astype(np.int64)
    found: list[tuple[int, tuple[str, ...]]] = []
    for t in range(grid.shape[2]):
        for k, product in enumerate(grid.products):
            stock = str(max(int(left[k, t]), 0)) if np.isfinite(left[k, t]) else ""
            for number, segment in enumerate(grid.segments):
                for group, name in enumerate((TREATED, HOLDOUT)):
                    if group and not kept_out[number]:
                        continue
                    sold = int(units[group, number, k, t])
                    paid = price_text(sold * each[group, number, k, t], scenario.currency)
                    count = kept_out[number] if group else people[number] - kept_out[number]
                    place = (str(scenario.horizon.date_of(t)), product.id, segment.id, name)
                    found.append((t, (*place, str(sold), paid, str(count), stock)))
    return found


def public_alone(grid: Grid, plan: Plan) -> NDArray[np.int8]:
    """The lines of a plan that nobody can be held out of."""
    alone = plan.copy()
    blocks = grid.split(alone)
    blocks.targeted[:] = 0
    blocks.basket_targeted[:] = 0
    return alone


def _future(model: Coefficients, effects: Effects, plan: Plan, seed: int) -> Sold:
    """What a plan sells in one future; the same seed is the same customers in the same mood."""
    return next(sales(model, effects, plan, draw(model.grid, effects, seed, name="lived", count=1)))


def paid_by_unit(model: Coefficients, what: Sold) -> Float:
    """[S, K, T] what customers pay for a unit, tax included, savings of offers on products taken off."""
    economics, (public, targeted) = model.economics, (what.choices.public, what.choices.targeted)
    k = np.arange(len(model.grid.products))[:, None]
    saved = (
        economics.saving[0][k, public, 0] * what.public[0]
        + economics.saving[1][k, public, targeted] * what.targeted[0]
        + economics.apart[k, public, targeted] * (what.targeted[0] - what.both[0])
    )
    units = what.units[0]
    share = np.divide(saved, units, out=np.zeros_like(units), where=units > 0)
    return np.asarray(economics.price[:, None] - np.minimum(share, economics.price[:, None]))
