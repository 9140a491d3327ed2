"""The effect table for the next campaign: what this one taught, where effects come from a table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planner.figures import share
from planner.flight.past.learning import Learned, for_the_next
from planner.overwriting import columns_of
from scenarios.answer.archive import Frozen
from scenarios.arrays import Flag, Float
from scenarios.flight.basket_row import offers_chosen, with_basket_row
from scenarios.grid import Grid
from scenarios.language.schema import Offer
from scenarios.language.where import names_product
from scenarios.language.words import Layer
from scenarios.problems import InvalidInput, Problem
from scenarios.response.effects import Effects
from scenarios.tables.effect_rows import REMARK
from scenarios.tables.effect_table import effect_header, effect_table
from surrogate.flight.recalibration.moved import Moved

LEARNED = "learned from "
"""How the remark of each row begins: by it a file is known as one that may be replaced."""
TELLING = 0.05
"""Baselines that moved by less than this share are not told."""

UNDONE = 0.2
"""How far it is certain that an offer was not carried out, from which on it is told, as `replan` tells it."""


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


def next_effects(frozen: Frozen, learned: Learned) -> NextEffects:
    """Write what a whole campaign, or what there is of it, taught, weighed against what was believed, as a table."""
    actuals, following = learned.actuals, for_the_next(learned, frozen)
    remark = f"{LEARNED}{frozen.scenario.scenario} up to {actuals.as_of}"
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*effect_header(frozen.custom), REMARK))
    writer.writerows((*row, remark) for row in effect_table(actuals.grid, following, frozen.custom))
    said = (_moved(learned, following), _baselines(learned.recalibration.products))
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


def _moved(learned: Learned, following: Effects) -> str:
    """Say by which factors the table differs from what was believed before, offer by offer that ran."""
    grid, ran = learned.actuals.grid, learned.recalibration.offers
    parts = []
    for number, offer in enumerate(grid.scenario.offers):
        if offer.id in ran:
            parts.append(f"{offer.id} {_factor(learned, number, learned.believed.lift, following.lift)}")
    for number, offer in enumerate(grid.scenario.offers):
        if offer.id in learned.used:
            before, now = learned.believed.take_up[None], following.take_up[None]
            parts.append(f"take-up of {offer.id} {_factor(learned, number, before, now)}")
    if not parts:
        return "no sales under offers told anything: the effects are those of before, and a little less sure"
    return (
        f"factors of its lifts and take-ups on those believed before: {', '.join(parts)}; first where the offer ran, "
        "weighed by what was forecast there, in brackets the least and the most of its rows, because products and "
        "segments on which it has not run follow by less; so do offers of its mechanic that have not run; everything "
        f"is a little less sure than at the campaign's end{_undone(learned)}"
    )


def _undone(learned: Learned) -> str:
    """Say which offers may not have been carried out, and what of it the table holds."""
    offers, nothing = learned.actuals.grid.scenario.offers, learned.recalibration.nothing
    names = [offers[number].id for number, chance in nothing.items() if chance.max() >= UNDONE]
    if not names:
        return ""
    return (
        f"; {', '.join(names)} may not have been carried out: its lifts in the table are lower for it, its take-up is "
        "that of an offer that is, because the next campaign may"
    )


def _factor(learned: Learned, number: int, before: Float, now: Float) -> str:
    """A factor of an offer's effects [E, S, K + 1, T, O] where it ran, and the least and the most of all its rows."""
    grid, actuals = learned.actuals.grid, learned.actuals
    was, is_ = before[..., number].mean(axis=0), now[..., number].mean(axis=0)
    there = (was > 0) & _may_run(grid, grid.scenario.offers[number])[:, None]
    factors = np.divide(is_, was, out=np.ones_like(was), where=there)
    layer = 1 if grid.scenario.offers[number].layer is Layer.TARGETED else 0
    over = np.arange(grid.shape[2]) <= actuals.last
    own = (offers_chosen(grid, grid.split(learned.ran.plan))[layer] == number) & over & there
    base = learned.believed.base_units.mean(axis=0)
    weights = was * with_basket_row(base, base.sum(axis=1)) * own
    if not weights.sum() > 0:
        weights = there.astype(float)
    mean, low, high = float((weights * factors).sum() / weights.sum()), factors[there].min(), factors[there].max()
    return f"{mean:.2f} ({low:.2f} to {high:.2f})"


def _may_run(grid: Grid, offer: Offer) -> Flag:
    """[K + 1] products, and whole baskets in the last row, on which an offer may run."""
    products = [not offer.is_basket and names_product(offer.applies_to, each) for each in grid.products]
    return np.array([*products, offer.is_basket])


def _baselines(products: dict[str, Moved]) -> str:
    """Say what the table of baselines, which is of the next campaign's own days, would have to follow."""
    told = [(name, moved.factor - 1) for name, moved in products.items() if abs(moved.factor - 1) >= TELLING]
    if not told:
        return "sales without promotion are not in it; they came as foreseen, to within 5%"
    parts = [f"{name} {share(abs(size), digits=0)} {'more' if size > 0 else 'less'}" for name, size in told]
    came = f"those of this campaign came to {', '.join(parts)} than foreseen"
    return f"sales without promotion are not in it, because a baseline is of its own days; {came}"
