"""Offers on whole baskets in flight: uses that rows of baskets tell, and pieces that are no more than were printed."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from basket_case import BASKETS, NET, OLD, THURSDAY, TUESDAY, save_case, told_case
from flight_case import line
from little_work import little_work
from printed import printed
from realised_past import realised_of
from replan_case import LAST, again, settled_past

from planner.export.rollout import export_rollout
from planner.flight.counted import counted_pieces, running_model
from planner.flight.pieces_read import pieces_sentences, read_pieces
from planner.flight.watch.monitor import MonitorParams, monitor
from planner.report.flight.replan import show_replanned
from planner.report.flight.replan_lines import held
from scenarios.flight.actuals import Ran
from scenarios.flight.pieces import pieces_so_far, pieces_there
from scenarios.flight.reading.oddities import oddities
from scenarios.flight.told_uses import told_units
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import sold_by
from surrogate.flight.recalibration.redeemed import redeemed


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of the past is tested here, not how good the plan is."""
    little_work(monkeypatch)


def test_told_uses_are_the_spend_and_stand_in_the_account(tmp_path: Path) -> None:
    """90 orders saved 200 each, twice as many as forecast: money by hand, in the monitor and in the settled past."""
    case = save_case(tmp_path, None)
    actuals = told_case(case, orders=1.0, uses={TUESDAY: 90.0})
    realised = realised_of(case, actuals)
    assert realised.sold.basket_targeted[OLD, TUESDAY] == pytest.approx(90.0)
    spend = realised.use(Measure.SPEND, Scope()).amounts[TUESDAY]
    assert spend == pytest.approx(90 * 200 * NET + 6000 * 0.02, abs=0.02)
    uses = realised.use(Measure.USES, Scope())
    assert uses.told, "products on which nothing runs that may be used need not tell of uses"
    assert uses.amounts[TUESDAY] == 90.0
    effects, said = settled_past(case, case.frozen.effects, actuals)
    tables = build_coefficients(case.grid, effects, case.frozen.baskets)
    account = sold_by(replace(tables, available=np.full_like(tables.available, np.inf)), case.plan, np)
    assert account.basket_targeted[OLD, TUESDAY] == pytest.approx(90.0, abs=0.01)
    assert account.units[..., : LAST + 1] == pytest.approx(actuals.units[..., : LAST + 1], abs=0.01)
    expected = sold_by(case.model, case.plan, np).basket_targeted[OLD, TUESDAY]
    assert said == (
        f"uses stand in the account of the past as actuals.csv tells them: save-200 90 uses ({expected:.0f} expected)",
    )


def test_told_uses_of_a_gift_with_orders_are_gifts_that_are_gone(tmp_path: Path) -> None:
    """90 orders had earbuds at 89.00: in gifts and spend as they were told, and in the account of the settled past."""
    case = save_case(tmp_path, None, "{id: save-200, mechanic: gift, gift: earbuds, spend: 3000, layer: targeted,")
    actuals = told_case(case, orders=1.0, uses={TUESDAY: 90.0})
    realised = realised_of(case, actuals)
    assert realised.use(Measure.GIFTS, Scope()).amounts[TUESDAY] == pytest.approx(90.0)
    assert realised.use(Measure.SPEND, Scope()).amounts[TUESDAY] == pytest.approx(90 * 89 + 6000 * 0.02, abs=0.02)
    effects, said = settled_past(case, case.frozen.effects, actuals)
    tables = build_coefficients(case.grid, effects, case.frozen.baskets)
    account = sold_by(replace(tables, available=np.full_like(tables.available, np.inf)), case.plan, np)
    assert account.basket_targeted[OLD, TUESDAY] == pytest.approx(90.0, abs=0.01)
    assert "save-200 90 uses" in said[0]


def test_what_ran_otherwise_tells_nothing_of_the_plans_line(tmp_path: Path) -> None:
    """Where rows of baskets name another offer, or none, their uses are not those of the planned line."""
    case = save_case(tmp_path, None)
    actuals = told_case(case, orders=1.0, uses={TUESDAY: 90.0})
    what, number = sold_by(case.model, case.plan, np), case.grid.offer_index["save-200"]
    ran = Ran(period=TUESDAY, product=None, segment=OLD, offer=number)
    planned = replace(actuals, ran=frozenset({ran}))
    assert told_units(case.model, case.plan, what, planned)[1][OLD, BASKETS, TUESDAY] == 90.0
    for other in (frozenset(), frozenset({ran._replace(segment=0), ran})):
        told = told_units(case.model, case.plan, what, replace(actuals, ran=other))
        assert np.isnan(told[1]).all()


def test_no_more_pieces_are_used_than_were_printed(tmp_path: Path) -> None:
    """Half as many orders again: without pieces half as many uses again, with pieces as many as there are."""
    for level in (None, 0.5, 1.0):
        folder = tmp_path / str(level)
        folder.mkdir()
        case = save_case(folder, level)
        there = pieces_there(case.frozen, case.plan)
        expected = sold_by(case.model, case.plan, np).basket_targeted[OLD, TUESDAY]
        realised = realised_of(case, told_case(case, orders=1.5), there)
        used = realised.sold.basket_targeted[OLD, TUESDAY]
        if level is None:
            assert np.isnan(there[1]).all()
            assert used == pytest.approx(1.5 * expected, rel=0.01)
        else:
            pieces = there[1][OLD, BASKETS, TUESDAY]
            assert pieces == np.ceil(round(expected, 3))
            assert used == pytest.approx(pieces)
    fewer = realised_of(case, told_case(case, orders=0.5), there)
    assert fewer.sold.basket_targeted[OLD, TUESDAY] == pytest.approx(0.5 * expected, rel=0.02)


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.8])
def test_take_up_of_a_basket_offer_moves_towards_what_was_used(tmp_path: Path, factor: float) -> None:
    """Less than all the way; other segments follow by less."""
    case = save_case(tmp_path, None)
    what = sold_by(case.model, case.plan, np)
    base, all_ = what.basket_targeted_base[OLD, TUESDAY], what.basket_targeted[OLD, TUESDAY]
    actuals = told_case(case, orders=1.0, uses={TUESDAY: round(all_ + (factor - 1.0) * base)})
    before, number = case.frozen.effects, case.grid.offer_index["save-200"]
    learned = redeemed(case.model, before, case.plan, actuals, case.frozen.baskets)
    after, moved = learned.effects, learned.take_up["save-200"].factor
    days = np.s_[OLD, BASKETS, :, number]  # those that are over, too: on some of them nobody may have told it
    assert after.take_up[days] == pytest.approx(np.minimum(before.take_up[days] * moved, 1.0))
    if factor == 1.0:
        assert moved == pytest.approx(1.0, abs=0.05)
    else:
        assert 0.3 < np.log(moved) / np.log(factor) < 1.0


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_the_monitor_says_whether_pieces_of_orders_are_gone(tmp_path: Path, share: float) -> None:
    """Told uses say it; one line of the two has run."""
    case = save_case(tmp_path, 1.0)
    pieces = pieces_there(case.frozen, case.plan)[1][OLD, BASKETS, TUESDAY]
    report = monitor(
        case.frozen,
        case.plan,
        told_case(case, orders=1.0, uses={TUESDAY: round(share * pieces)}),
        folder="plans",
        rank=1,
        params=MonitorParams(futures=60, least=100, most=100),
    )
    (reading,) = report.pieces
    assert (reading.lines, reading.ran_out, reading.left) == ((1, 1, 0) if share == 1.0 else (1, 0, 1))
    assert bool(pieces_sentences(report.pieces)) == (share == 1.0)


def test_customers_who_are_kept_out_leave_pieces_of_orders_to_others(tmp_path: Path) -> None:
    """A fifth of the old is kept out: half of those who want one found a piece before, now five eighths of the rest."""
    case = save_case(tmp_path, 0.5)
    actuals = told_case(case, orders=1.0)
    units = np.where(np.isfinite(actuals.tables["units"]), actuals.tables["units"], np.nan)
    units[1] = units[0]
    people = np.full_like(units, np.nan)
    people[:, :2] = np.array([0.8, 0.2])[:, None, None, None] * np.array([4000.0, 6000.0])[None, :, None, None]
    kept = replace(actuals, tables={**actuals.tables, "units": units, "customers": people})
    model = running_model(case.frozen, case.grid, case.plan, kept)
    there = pieces_there(case.frozen, case.plan)[1][OLD, BASKETS, TUESDAY]
    assert sold_by(model, case.plan, np).basket_targeted[OLD, TUESDAY] == pytest.approx(there, abs=1.0)


def test_orders_of_the_notice_keep_their_pieces(tmp_path: Path) -> None:
    """Orders double: the line that cannot be stopped has as many pieces as were printed, and so says its rollout."""
    case = save_case(tmp_path, 1.0)
    there = pieces_there(case.frozen, case.plan)[1][OLD, BASKETS]
    actuals = told_case(case, orders=2.0)
    units = actuals.tables["units"].copy()
    units[0, :2, :3] = np.rint(2.0 * units[0, :2, :3])
    found = again(case, replace(actuals, tables={**actuals.tables, "units": units}), notice=1)
    assert found.plan_set is not None
    counted = {each.date.day: each.pieces for each in found.frozen.flight.pieces if each.product == "basket"}
    assert counted == {3: there[TUESDAY], 5: there[THURSDAY]}
    (notice,) = (each for each in found.plan_set.plans[0].lines if each.product == "basket" and each.period.day == 5)
    assert notice.pieces == there[THURSDAY]
    days = "".join(f"2026-11-0{day},phone,9,9\n" for day in (1, 2, 3, 4))
    flown = found.frozen.flown
    assert flown is not None
    told = replace(flown, actuals=f"date,product,units,revenue\n{days}".encode())
    frozen = replace(found.frozen, flown=told)
    export_rollout(frozen, found.plan_set.plans[0], "0" * 64, tmp_path / "out", None)
    with (tmp_path / "out" / "calendar.csv").open() as file:
        printed_ = {row["first_day"]: row["pieces"] for row in csv.DictReader(file) if row["product"] == "basket"}
    assert printed_["2026-11-03"] == str(int(there[TUESDAY]))
    assert printed_["2026-11-05"] == str(int(there[THURSDAY]))
    flat = case.grid.plan_of(found.plan_set.plans[0].plan_lines)
    assert counted_pieces(found.frozen, case.grid, flat)[1][OLD, BASKETS, TUESDAY] == there[TUESDAY]
    assert "Line by line" in " ".join(row for part in show_replanned(found, title="x") for row in printed(part, 100))


def test_uses_as_many_as_pieces_are_known_to_have_run_out(tmp_path: Path) -> None:
    """Of orders as of products; the other line is still to come."""
    case = save_case(tmp_path, 1.0)
    there, account = pieces_there(case.frozen, case.plan), sold_by(case.model, case.plan, np)
    pieces = float(there[1][OLD, BASKETS, TUESDAY])
    for uses, gone in ((pieces, True), (pieces - 1.0, False)):
        actuals = told_case(case, orders=1.0, uses={TUESDAY: uses})
        found = pieces_so_far(case.model, case.plan, account, actuals, there)
        assert found.ran_out[1][OLD, BASKETS, TUESDAY] == gone
        assert found.left[1][OLD, BASKETS, TUESDAY] != gone
        assert not found.ran_out[1][OLD, BASKETS, THURSDAY] and not found.left[1][OLD, BASKETS, THURSDAY]


def test_more_uses_than_pieces_are_told_as_such(tmp_path: Path) -> None:
    """Nobody can have used what was not there: the count is shown as told, with what to look at."""
    case = save_case(tmp_path, 1.0)
    pieces = pieces_there(case.frozen, case.plan)[1][OLD, BASKETS, TUESDAY]
    there, actuals = pieces_there(case.frozen, case.plan), told_case(case, orders=1.0, uses={TUESDAY: pieces + 30.0})
    known = realised_of(case, actuals, there).pieces
    (said,) = pieces_sentences(read_pieces(actuals, case.plan, there, known))
    assert f"({pieces + 30:.0f} of {pieces:.0f} used so far, more than there were: check uses" in said


def test_uses_beyond_the_orders_are_told_and_count_as_one_each(tmp_path: Path) -> None:
    """A slip (250 uses of 7 orders) taught a take-up of 27 times the believed one."""
    case = save_case(tmp_path, None)
    actuals = told_case(case, orders=1.0, uses={TUESDAY: 1e6})
    orders = actuals.of_segments("units")[OLD, BASKETS, TUESDAY]
    assert (
        told_units(case.model, case.plan, sold_by(case.model, case.plan, np), actuals)[1][OLD, BASKETS, TUESDAY]
        == orders
    )
    (said,) = (each for each in oddities(actuals, ()) if "offers on orders" in each)
    assert "more uses of offers on orders are told than there were orders (2026-11-03)" in said
    kept = told_case(case, orders=1.0, uses={TUESDAY: float(orders)})
    assert not any("offers on orders" in each for each in oddities(kept, ()))


def test_levels_of_a_changed_line_are_told_apart() -> None:
    """Coverage says who is told, quantity how many find a piece: two bare shares did not say which is which."""
    half = line(3, "basket", "save-200", "old", 0.5)
    assert held(None) == "-"
    assert held(half) == "save-200 50%"
    assert held(half.model_copy(update={"quantity": 0.5})) == "save-200 50%, quantity 50%"
    assert held(half.model_copy(update={"coverage": 1.0, "quantity": 0.5})) == "save-200, quantity 50%"
