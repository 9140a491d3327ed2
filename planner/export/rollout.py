"""A rollout: what each system needs to run a plan and to measure it, written as one folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from planner.export import rollout_tables as tables
from planner.export.consented import consented_shares, of_planned, reaching
from planner.export.rollout_customers import Customers
from planner.export.rollout_floors import Drawn, floors_missed
from planner.export.rollout_place import FORMAT, MANIFEST, refuse_foreign, write_rollout
from planner.export.rollout_prices import PRICE_COLUMNS, price_rows
from planner.export.rollout_says import rollout_says
from planner.export.switchbacks import draw_switchbacks
from planner.flight.counted import as_counted
from planner.flight.rollout.design import DesignParams, SegmentHoldout, design_holdouts, priced, sizes
from planner.flight.rollout.kept_on import UNTOLD, kept_on
from planner.flight.rollout.plain_sales import plain_means
from scenarios.answer.archive import Frozen
from scenarios.answer.json_records import dump, to_data
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.answer.plan_files import sha256
from scenarios.arrays import Float
from scenarios.flight.messages.holdout import held_out
from scenarios.grid import Grid, build_grid
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects
from scenarios.tables.table_files import csv_bytes
from surrogate.flight.measure.goods_bought import buying_of_goods
from surrogate.flight.measure.power import Buying, buying_of

Table = tuple[Sequence[str], list[tuple[str, ...]]]
"""Columns and rows of a CSV file."""


@dataclass(frozen=True, kw_only=True)
class RolloutFile:
    """One file of a rollout."""

    sha256: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """``manifest.json``: what was written from which plan, and what the measurement can tell."""

    format: str
    scenario: str
    plans_sha256: str
    """Of the plan set that was rolled out."""
    plan: int
    seed: int
    pseudonym_key: str | None
    """Fingerprint of the key of the pseudonyms; None where the files hold names as they were given, or nobody's."""
    holdouts: tuple[SegmentHoldout, ...]
    says: tuple[str, ...]
    """What the measurement can tell, in sentences."""
    files: dict[str, RolloutFile]


def export_rollout(
    frozen: Frozen,
    ranked: RankedPlan,
    plans_sha256: str,
    out: Path,
    customers: Customers | None,
    params: DesignParams | None = None,
) -> Manifest:
    """Write the rollout of a plan; an older one in its place is replaced as a whole. The same inputs, the same bytes.

    Parameters
    ----------
    customers
        Who there is; without them no audience and no holdout is drawn, and the calendar says whom to reach.

    Raises
    ------
    InvalidInput
        Where ``out`` is something else than a rollout or an empty folder, or cannot be written.
    """
    settings = DesignParams() if params is None else params
    refuse_foreign(out)
    grid = build_grid(frozen.scenario, frozen.custom)
    model = build_coefficients(grid, frozen.effects, frozen.baskets)
    plan = grid.plan_of(ranked.plan_lines)
    ranked = replace(ranked, lines=as_counted(frozen, ranked.lines))
    kept, missed = kept_on(frozen, grid, plan)
    consented = consented_shares(grid, customers)
    written_to = of_planned(grid, consented)
    reached = reaching(frozen, model, plan, written_to)
    people, buyings = _people(grid, customers, frozen.effects, plain_means(reached, plan))
    holdouts = design_holdouts(frozen, reached, plan, people, settings, buyings, kept, written_to)
    holdouts = priced(holdouts, frozen, reached, plan, written_to)
    locked = None if frozen.flight is None else frozen.flight.locked_until
    tried, off, notes = draw_switchbacks(grid, ranked.lines, plan, settings.switchback, frozen.seed, locked)
    if frozen.flight is not None:  # what an earlier lot switched off within the notice stays off
        off |= {(lot.date, lot.product, lot.offer) for lot in frozen.flight.lots if not lot.on}
    calendar = tables.calendar_rows(grid, ranked.lines, off, customers is not None)
    written: dict[str, Table] = {
        "prices.csv": (PRICE_COLUMNS, list(price_rows(grid, ranked.lines, off))),
        "calendar.csv": (tables.CALENDAR_COLUMNS, list(calendar)),
    }
    if tried:
        written["switchback.csv"] = tables.SWITCH_COLUMNS, list(tables.switch_rows(grid, tried, off))
    drawn = None
    if customers is not None:
        drawn, lists = _drawn(grid, ranked.lines, customers, holdouts, frozen.seed)
        written |= lists
    contents = {name: csv_bytes(columns, rows) for name, (columns, rows) in written.items()}
    manifest = Manifest(
        format=FORMAT,
        scenario=frozen.scenario.scenario,
        plans_sha256=plans_sha256,
        plan=ranked.rank,
        seed=frozen.seed,
        pseudonym_key=None if customers is None else customers.key,
        holdouts=holdouts,
        says=(
            *([UNTOLD] if missed and settings.holdout is None and any(each.held for each in holdouts) else ()),
            *floors_missed(frozen, model, plan, holdouts, drawn, consented),
            *rollout_says(grid, ranked, holdouts, customers, buyings, notes),
        ),
        files={
            name: RolloutFile(sha256=sha256(contents[name]), rows=len(rows))
            for name, (_, rows) in sorted(written.items())
        },
    )
    write_rollout(out, contents | {MANIFEST: dump(to_data(manifest)).encode()})
    return manifest


def _people(
    grid: Grid, customers: Customers | None, effects: Effects, means: Float
) -> tuple[list[int], list[Buying | None]]:
    """How many customers there are of each segment, and how they buy, by the file or the data learned from.

    Parameters
    ----------
    means
        [S, K, T] what a customer buys where offers run: `planner.flight.rollout.plain_sales.plain_means`.
    """
    weeks, untold = grid.scenario.horizon.period_days / 7, (None,) * len(means)
    rates = zip(effects.customers or untold, means, strict=True)
    learned = [None if known is None else buying_of_goods(known, mean, weeks) for known, mean in rates]
    if customers is None:
        return [each.customers for each in grid.segments], learned
    count = len(grid.segments)
    people = np.bincount(customers.segment, minlength=count).tolist()
    if customers.before is None:
        return people, learned
    known = [customers.before[customers.of(segment)] for segment in range(count)]
    told = [buying_of(own, None if one is None else one.lot) for own, one in zip(known, learned, strict=True)]
    return people, [own or one for own, one in zip(told, learned, strict=True)]


def _drawn(
    grid: Grid, lines: Sequence[LineResult], customers: Customers, holdouts: Sequence[SegmentHoldout], seed: int
) -> tuple[Drawn, dict[str, Table]]:
    """Draw who is kept out and whom each line reaches, and list both by file."""
    held = held_out(customers.pseudonyms, customers.segment, sizes(grid, holdouts), seed)
    names: list[tuple[str, ...]] = [
        (customers.names[n], grid.segments[customers.segment[n]].id) for n in np.flatnonzero(held)
    ]
    people = np.bincount(customers.segment, minlength=len(grid.segments)).tolist()
    draw = partial(tables.reached, grid, lines, customers, seed=seed)
    drawn = Drawn(
        members=draw(held=held),
        told=customers.consents,
        without_holdout=lambda: draw(held=np.zeros_like(held)),
        people=people,
    )
    lists: dict[str, Table] = {"holdout.csv": (tables.HOLDOUT_COLUMNS, names)}
    for audience in tables.audiences(grid, lines, customers, drawn.members):
        lists[audience.file] = audience.columns, list(audience.rows)
    return drawn, lists
