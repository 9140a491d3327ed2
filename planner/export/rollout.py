"""A rollout: what each system needs to run a plan and to measure it, written as one folder, whole or not at all."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from constraints.rules.registry import check_rules
from planner.export import rollout_tables as tables
from planner.export.rollout_customers import Customers
from planner.export.rollout_floors import Drawn, floors_missed
from planner.export.rollout_prices import PRICE_COLUMNS, price_rows
from planner.figures import plural
from planner.flight.at_shelf import who_is_kept_from
from planner.flight.counted import as_counted
from planner.flight.design import DesignParams, SegmentHoldout, design_holdouts, priced, sizes, together
from planner.flight.kept_on import UNTOLD, kept_on
from scenarios.answer.archive import Frozen
from scenarios.answer.frozen_place import refuse_inside_problem
from scenarios.answer.json_records import dump, to_data
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.answer.plan_files import sha256
from scenarios.flight.holdout import held_out, switch_blocks, switched_off
from scenarios.grid import Grid, build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import Layer
from scenarios.problems import InvalidInput, Problem
from scenarios.response.coefficients import build_coefficients
from scenarios.response.economics import PRICE_MECHANICS
from scenarios.whole import or_room, replacing
from surrogate.flight.power import SPREAD, Buying, buying_of
from surrogate.flight.switchback import FEWEST

FORMAT = "campaign-rollout/1"
MANIFEST = "manifest.json"
SHORTEST_SWITCH = 6
"""Fewest periods of an offer on a product for which a switchback is drawn."""


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
    people = [s.customers for s in grid.segments]
    if customers is not None:
        people = np.bincount(customers.segment, minlength=len(grid.segments)).tolist()
    buyings: list[Buying | None] = []
    if customers is not None and customers.before is not None:
        buyings = [buying_of(customers.before[customers.of(s)]) for s in range(len(grid.segments))]
    kept, missed = kept_on(frozen, grid, plan)
    holdouts = priced(design_holdouts(frozen, model, plan, people, settings, buyings, kept), frozen, model, plan)
    locked = None if frozen.flight is None else frozen.flight.locked_until
    tried, off, notes = draw_switchbacks(grid, ranked.lines, plan, settings.switchback, frozen.seed, locked)
    if frozen.flight is not None:  # what an earlier lot switched off within the notice stays off
        off |= {(lot.date, lot.product, lot.offer) for lot in frozen.flight.lots if not lot.on}
    written: dict[str, tuple[Sequence[str], list[tuple[str, ...]]]] = {
        "prices.csv": (PRICE_COLUMNS, list(price_rows(grid, ranked.lines, off))),
        "calendar.csv": (
            tables.CALENDAR_COLUMNS,
            list(tables.calendar_rows(grid, ranked.lines, off, customers is not None)),
        ),
    }
    if tried:
        written["switchback.csv"] = tables.SWITCH_COLUMNS, list(tables.switch_rows(grid, tried, off))
    drawn = None
    if customers is not None:
        held = held_out(customers.pseudonyms, customers.segment, sizes(grid, holdouts), frozen.seed)
        rows: list[tuple[str, ...]] = [
            (customers.names[n], grid.segments[customers.segment[n]].id) for n in np.flatnonzero(held)
        ]
        written["holdout.csv"] = tables.HOLDOUT_COLUMNS, rows
        draw = partial(tables.reached, grid, ranked.lines, customers, seed=frozen.seed)
        drawn = Drawn(members=draw(held=held), without_holdout=lambda: draw(held=np.zeros_like(held)))
        for audience in tables.audiences(ranked.lines, customers, drawn.members):
            written[audience.file] = tables.AUDIENCE_COLUMNS, list(audience.rows)
    contents = {name: _csv(columns, rows) for name, (columns, rows) in written.items()}
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
            *floors_missed(frozen, model, plan, holdouts, drawn),
            *_says(grid, ranked, holdouts, customers, notes),
        ),
        files={
            name: RolloutFile(sha256=sha256(contents[name]), rows=len(rows))
            for name, (_, rows) in sorted(written.items())
        },
    )
    contents[MANIFEST] = dump(to_data(manifest)).encode()
    _write(out, contents)
    return manifest


def draw_switchbacks(
    grid: Grid,
    lines: Sequence[LineResult],
    plan: NDArray[np.int8],
    share: float,
    seed: int,
    locked: dt.date | None = None,
) -> tuple[dict[tables.Key, int], frozenset[tables.Key], list[str]]:
    """Draw the periods in which public prices are off: those that took part by block, those off, and sentences.

    A product whose switched-off days would break a rule, or be too few to measure anything, keeps its price on.

    Parameters
    ----------
    locked
        Last day of a running campaign that cannot be changed any more: no lot is drawn over what has run.
    """
    if not share:
        return {}, frozenset(), []
    offers = {offer.id: offer for offer in grid.scenario.offers}
    runs: dict[tuple[str, str], list[LineResult]] = {}
    for line in lines:
        kind = offers[line.offer]
        if locked is not None and line.period <= locked:
            continue
        if kind.layer is Layer.PUBLIC and kind.mechanic in PRICE_MECHANICS:
            runs.setdefault((line.product, line.offer), []).append(line)
    tried: dict[tables.Key, int] = {}
    off: set[tables.Key] = set()
    notes = []
    if locked is not None:
        notes.append(f"periods up to {locked} keep what the rollout before this one has drawn for them")
    broken_before = _broken(grid, grid.lines(plan))
    for (product, offer), run in runs.items():
        name = f"{offer} on {product}"
        if len(run) < SHORTEST_SWITCH:
            notes.append(f"{name}: runs in {plural(len(run), 'period')}, a switchback needs {SHORTEST_SWITCH}")
            continue
        dates = sorted(line.period for line in run)
        drawn = switched_off(range(len(dates)), share, seed, f"{product} {offer}")
        if min(len(drawn), len(dates) - len(drawn)) < FEWEST:
            counts = f"{len(drawn)} of {len(dates)} periods would be off by lot"
            notes.append(f"{name}: no switchback, {counts}, and to tell anything takes {FEWEST} off and {FEWEST} on")
            continue
        gone = {(dates[place], product, offer) for place in drawn}
        left = tuple(line for line in grid.lines(plan) if (line.date, line.product, line.offer) not in off | gone)
        broken = _broken(grid, left) - broken_before
        if broken:
            notes.append(f"{name}: no switchback, its days off would break {', '.join(sorted(broken))}")
            continue
        off |= gone
        blocks = switch_blocks(len(dates), len(drawn)).tolist()
        tried |= {(date, product, offer): block for date, block in zip(dates, blocks, strict=True)}
        costs = sum(float(line.contribution or 0) for line in run if (line.period, product, offer) in gone)
        lost = "no" if costs <= 0 else "less than 1 of" if costs < 0.5 else f"about {costs:,.0f} of"
        notes.append(f"{name}: off by lot in {len(gone)} of {len(dates)} periods, which gives up {lost} profit")
    return tried, frozenset(off), notes


def _broken(grid: Grid, lines: Sequence[PlanLine]) -> set[str]:
    return {rule.id for rule in check_rules(grid, tuple(lines)) if not rule.satisfied}


def _says(
    grid: Grid,
    ranked: RankedPlan,
    holdouts: Sequence[SegmentHoldout],
    customers: Customers | None,
    notes: Sequence[str],
) -> Iterable[str]:
    """Sentences: what can be measured, what it costs, and what cannot."""
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
    if any(each.held for each in holdouts) and (customers is None or customers.before is None):
        assumed = f"customers' own rates of buying scatter by {SPREAD:.0%}, a unit at a time"
        yield f"assumed: {assumed}; a column before would tell it"
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


def refuse_foreign(out: Path) -> None:
    """Never overwrite anything but a rollout.

    Raises
    ------
    InvalidInput
        Where the folder holds other things or lies in the frozen question of plans, or the name is a file.
    """
    refuse_inside_problem(out, option="--rollout")
    if not (out.exists() or out.is_symlink()):
        return
    if out.is_dir() and (not any(out.iterdir()) or _is_rollout(out)):
        return
    got = "a folder with other things" if out.is_dir() else "a file"
    expected, remedy = "a new folder, or an older rollout to replace", "choose another --rollout"
    raise InvalidInput([Problem(where=str(out), what="rollout", expected=expected, got=got, remedy=remedy)])


def _is_rollout(out: Path) -> bool:
    try:
        return f'"{FORMAT}"' in (out / MANIFEST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def _write(out: Path, contents: dict[str, bytes]) -> None:
    """Write beside the target, then put it in place."""
    try:
        with replacing(out.resolve()) as draft:
            for name, raw in contents.items():
                path = draft / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
    except OSError as error:
        expected, got = "a folder that can be written", (error.strerror or str(error)).lower()
        remedy = or_room(error, "choose another --rollout")
        raise InvalidInput(
            [Problem(where=str(out), what="rollout", expected=expected, got=got, remedy=remedy)]
        ) from None
