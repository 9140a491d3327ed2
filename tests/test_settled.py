"""The past settled: the account of the new effects sells and grants what was sold and granted, or says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, line, running
from realised_past import realised_of
from replan_case import LAST, happened, settled_past, sold

from planner.flight.past.settle import told_short
from scenarios.flight.actuals import Actuals
from scenarios.flight.settled import within_stock
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import Sold, sold_by
from surrogate.flight.recalibration.recalibrate import recalibrate

FLASH = "{id: flash-12, mechanic: flash_sale, depth: 12%, max_run: 2, applies_to: {products: [phone]}}"
PIECES = FLASH.replace("max_run: 2,", "max_run: 2, quantity: [50%, 100%],")


def _case(folder: Path, *, pieces: bool) -> Running:
    """The shop with a strong flash sale on one phone, counted in pieces or not, and its rival beside it."""
    edits = {"shop": {FLASH: PIECES if pieces else FLASH, "stock: 500, ": "stock: 5000, "}}
    case = running(folder, **edits)
    lines = (line(2, "phone", "flash-12"), line(4, "phone", "cut-15"))
    return replace(case, plan=case.grid.plan_of(lines))


@pytest.mark.parametrize("pieces", [False, True])
def test_the_account_of_the_past_is_what_was_sold(tmp_path: Path, pieces: bool) -> None:
    """A flash sale that does four times as well, whose rival sells hardly anything, stands in the account as it was."""
    case = _case(tmp_path, pieces=pieces)
    units = np.rint(sold(case))
    units[:, 0, 1] *= 4
    units[:, 1, 1] = 2
    actuals = happened(case, units)
    learned = recalibrate(case.model, case.frozen.effects, case.plan, actuals)
    effects, said = settled_past(case, learned.effects, actuals)
    assert _account(case, effects).units[..., : LAST + 1] == pytest.approx(units[..., : LAST + 1], abs=0.01)
    assert not said


def test_what_sold_nothing_has_no_baseline_next_to_zero(tmp_path: Path) -> None:
    """A rival that sold nothing beside a line has no baseline: not one next to zero, by which others are divided."""
    case = running(tmp_path, shop={"halo: 0}": "halo: 0.5}"})  # halo that no correction reaches: all rounds are made
    units = np.rint(sold(case))
    plan = case.grid.plan_of((line(2, "phone", "cut-15"), line(3, "phone", "cut-15")))
    units[:, case.grid.product_index["phone-pro"], 1:3] = 0
    units[:, case.grid.product_index["case"], 1:3] = 0
    effects, _ = settled_past(replace(case, plan=plan), case.frozen.effects, happened(case, units))
    base = effects.base_units[..., : LAST + 1]
    assert base[base > 0].min() > 1e-6
    with np.errstate(all="raise", under="ignore"):
        _account(case, effects)


def _account(case: Running, effects: Effects) -> Sold:
    model = build_coefficients(case.grid, effects, case.frozen.baskets)
    return sold_by(replace(model, available=np.full_like(model.available, np.inf)), case.plan, np)


def _with_uses(case: Running, units: np.ndarray, uses: dict[tuple[int, int, int], float]) -> Actuals:
    """Actuals that tell uses of some cells (segment, or the number of segments for all together; product; period)."""
    actuals, (s, k, t) = happened(case, units), case.grid.shape
    told = np.full((2, s + 1, k + 1, t), np.nan)
    for place, number in uses.items():
        told[(0, *place)] = number
    return replace(actuals, tables={**actuals.tables, "uses": told})


@pytest.mark.parametrize("uses", [5.0, 60.0, 90.0])
def test_told_uses_stand_in_the_account_of_the_past(tmp_path: Path, uses: float) -> None:
    """A coupon used by fewer than it was believed to bring, or by nearly everybody; money follows, units stay."""
    case = running(tmp_path)
    young, extras, day = 0, case.grid.product_index["case"], 1
    actuals = _with_uses(case, sold(case), {(young, extras, day): uses})
    effects, said = settled_past(case, case.frozen.effects, actuals)
    account = _account(case, effects)
    assert account.targeted[young, extras, day] == pytest.approx(uses, abs=1e-3)
    assert account.units[..., : LAST + 1] == pytest.approx(actuals.units[..., : LAST + 1], abs=1e-3)
    realised = realised_of(case, actuals)
    assert realised.sold.targeted[young, extras, day] == pytest.approx(account.targeted[young, extras, day], abs=1e-3)
    assert said == (
        f"uses stand in the account of the past as actuals.csv tells them: coupon-20 {uses:.0f} uses (46 expected)",
    )


def test_uses_that_are_not_split_are_shared_out(tmp_path: Path) -> None:
    """One row for all segments tells the uses of the only line there is, in the monitor as in the new account."""
    case = running(tmp_path)
    everybody, extras, day = len(case.grid.segments), case.grid.product_index["case"], 1
    actuals = _with_uses(case, sold(case), {(everybody, extras, day): 30.0})
    effects, _ = settled_past(case, case.frozen.effects, actuals)
    assert _account(case, effects).targeted[:, extras, day].sum() == pytest.approx(30.0, abs=1e-3)
    assert realised_of(case, actuals).sold.targeted[:, extras, day].sum() == pytest.approx(30.0)


@pytest.mark.parametrize("more", [1.0, 4.0])
def test_no_more_pieces_were_used_than_there_were(tmp_path: Path, more: float) -> None:
    """Half of the demand was counted in pieces; where four times as many came, the others paid the regular price."""
    case = _case(tmp_path, pieces=True)
    half = line(2, "phone", "flash-12").model_copy(update={"quantity": 0.5})
    case = replace(case, plan=case.grid.plan_of((half, line(4, "phone", "cut-15"))))
    there = sold_by(case.model, case.plan, np).public[:, 0, 1].sum()
    units = np.rint(sold(case))
    units[:, 0, 1] *= more
    effects, said = settled_past(case, case.frozen.effects, happened(case, units))
    account = _account(case, effects)
    assert account.public[:, 0, 1].sum() == pytest.approx(there, abs=1e-3)
    assert account.units[..., : LAST + 1] == pytest.approx(units[..., : LAST + 1], abs=1e-3)
    assert not said


def test_cells_that_no_correction_reaches_are_named(tmp_path: Path) -> None:
    """What halo brings of a strong offer cannot be taken away from a product that sold nothing: it is said."""
    case = running(tmp_path, shop={"halo: 0}": "halo: 0.5}"})
    units = np.rint(sold(case))
    units[:, case.grid.product_index["case"], 2] = 0
    _, said = settled_past(case, case.frozen.effects, happened(case, units))
    (sentence,) = said
    assert sentence.startswith("the account of the past does not come to the units that were sold: ")
    assert " too many in case, old, 2026-11-03" in sentence
    assert sentence.endswith("limits follow the account")


def test_the_monitor_counts_no_more_pieces_than_there_were(tmp_path: Path) -> None:
    """Four times as many bought on the day of the flash sale: as many under it as it had pieces, the rest without."""
    case = _case(tmp_path, pieces=True)
    half = line(2, "phone", "flash-12").model_copy(update={"quantity": 0.5})
    case = replace(case, plan=case.grid.plan_of((half, line(4, "phone", "cut-15"))))
    units = np.rint(sold(case))
    units[:, 0, 1] *= 4
    realised = realised_of(case, happened(case, units))
    there = sold_by(case.model, case.plan, np).public[:, 0]
    assert realised.sold.public[:, 0, 1].sum() == pytest.approx(there[:, 1].sum())
    assert realised.sold.units[:, 0, 1] == pytest.approx(units[:, 0, 1])
    assert realised.sold.public[:, 0, 3] == pytest.approx(units[:, 0, 3]), "a price cut is everybody's"


def test_products_that_run_out_whatever_is_planned_are_named(tmp_path: Path) -> None:
    """Quiet sales alone ask for more than is left: said once, for the product; nothing where stock suffices."""
    case = running(tmp_path, shop={"stock: 500, ": "stock: 240, "})
    effects, _ = settled_past(case, case.frozen.effects, happened(case, sold(case)))
    cut = within_stock(case.model, effects, case.plan).effects
    actuals = happened(case, sold(case))
    asked = "phone: more is asked for than is left, even without further promotion"
    assert told_short(effects, cut, actuals) == (f"{asked}; what cannot be served is lost, whatever is planned",)
    assert told_short(effects, effects, actuals) == ()
