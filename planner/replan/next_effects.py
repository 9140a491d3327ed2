"""The effect table for the next campaign: what this one taught, where effects come from a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.figures import share
from planner.flight.measure.measured import Switch
from planner.overwriting import columns_of
from planner.replan.question import problem_in_flight
from planner.replan.until_now.learning import for_the_next, learn
from scenarios.answer.archive import Frozen
from scenarios.arrays import Plan
from scenarios.flight.actuals import Actuals
from scenarios.problems import InvalidInput, Problem
from scenarios.tables.effect_rows import REMARK
from scenarios.tables.effect_table import effect_header, effect_table
from surrogate.flight.recalibration.carried import WHOLE
from surrogate.flight.recalibration.moved import Moved

LEARNED = "learned from "
"""How the remark of each row begins: by it a file is known as one that may be replaced."""
TELLING = 0.05
"""Baselines that moved by less than this share are not told."""


@dataclass(frozen=True, kw_only=True)
class NextEffects:
    """An effect table, and what to know of it."""

    raw: bytes
    said: tuple[str, ...]
    """Sentences: how to name the table, and what is not in it."""


def refuse_without_table(frozen: Frozen) -> None:
    """Refuse campaigns whose effects come from a model: their next one is trained, and reads lessons.

    Raises
    ------
    InvalidInput
        Where effects come from anything but a table.
    """
    source = frozen.scenario.effects
    if source.table is None:
        name = source.model if source.data is None else source.data
        remedy = "write --lessons FILE.csv, which the data file of the next training reads"
        expected, got = "a campaign whose effects come from a table", f"effects from {name}"
        raise InvalidInput([Problem(where="--effects", what="effects", expected=expected, got=got, remedy=remedy)])


def next_effects(frozen: Frozen, running: Plan, actuals: Actuals, switches: Sequence[Switch]) -> NextEffects:
    """Weigh a whole campaign, or what there is of it, against what was believed before, as a table.

    Parameters
    ----------
    running
        The flat plan [N] that runs.
    """
    learned = learn(frozen, problem_in_flight(frozen), running, actuals, WHOLE, switches)
    found = learned.recalibration
    remark = f"{LEARNED}{frozen.scenario.scenario} up to {actuals.as_of}"
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*effect_header(frozen.custom), REMARK))
    writer.writerows((*row, remark) for row in effect_table(actuals.grid, for_the_next(learned, frozen), frozen.custom))
    said = (_moved(found.offers, learned.used), _baselines(found.products))
    return NextEffects(raw=out.getvalue().encode(), said=said)


def is_older(path: Path) -> bool:
    """Whether a file is such a table, written before."""
    if columns_of(path)[-1:] != (REMARK,):
        return False
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
    except (UnicodeDecodeError, csv.Error):
        return False
    return bool(rows) and all(row[-1:] and row[-1].startswith(LEARNED) for row in rows)


def _moved(offers: dict[str, Moved], used: dict[str, Moved]) -> str:
    """Say by which factors what ran was moved."""
    parts = [f"{name} {moved.factor:.2f}" for name, moved in offers.items()]
    parts += [f"take-up of {name} {moved.factor:.2f}" for name, moved in used.items()]
    if not parts:
        return "no sales under offers told anything: the effects are those of before, and a little less sure"
    return (
        f"factors on what was forecast: {', '.join(parts)}; offers that have not run follow those of their mechanic, "
        "by less, and everything is a little less sure than at the campaign's end"
    )


def _baselines(products: dict[str, Moved]) -> str:
    """Say what the table of baselines, which is of the next campaign's own days, would have to follow."""
    told = [(name, moved.factor - 1) for name, moved in products.items() if abs(moved.factor - 1) >= TELLING]
    if not told:
        return "sales without promotion are not in it; they came as foreseen, to within 5%"
    parts = [f"{name} {share(abs(size), digits=0)} {'more' if size > 0 else 'less'}" for name, size in told]
    came = f"those of this campaign came to {', '.join(parts)} than foreseen"
    return f"sales without promotion are not in it, because a baseline is of its own days; {came}"
