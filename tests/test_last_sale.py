"""A product with a last sale: nothing is bought ahead of later days, none is sold or planned after it; slips show."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from command_line import run
from flight_case import line
from little_work import little_work
from market_case import index
from shop import load_shop, problems_of, write_shop

from constraints.lines_on_nothing import left_out
from planner.flight.watch.monitor_notes import sold_after_the_last_sale
from planner.problem import problem_of
from planner.run.scored import score_plan
from scenarios.loading.doubtful.notes import doubtful
from scenarios.loading.load import load_scenario
from scenarios.response.for_sale import for_sale
from scenarios.shipped import singles_day

PRO = "{id: phone-pro, category: phones, price: 3999, unit_cost: 2760, vendor: nova"
CALM = {
    "history:\n": "history: []\n",
    "  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n": "",
    "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
}
"""The shop without a past, and without lines that stand whatever is planned."""


def until(day: str) -> dict[str, str]:
    """The calm shop with a last sale of the dearer phone."""
    return {**CALM, PRO: f"{PRO}, last_sale: {day}"}


def earned(folder: Path, day: int, shop: dict[str, str]) -> tuple[float, float]:
    """What one line on the dearer phone earns, and what is charged for it beyond the horizon."""
    problem = problem_of(load_shop(folder, shop=shop))
    outcome = score_plan(problem, problem.grid.plan_of([line(day, "phone-pro", "front")])).plan.outcome
    return float(outcome.profit_change), float(outcome.charges)


def test_nothing_is_charged_for_what_nobody_can_buy_later(tmp_path: Path) -> None:
    """On the last day of sale a line sells the same and keeps all of it; two days before, it borrows from two days."""
    usual, charged = earned(tmp_path, 7, CALM)
    alone, nothing = earned(tmp_path, 7, until("2026-11-07"))
    assert charged > 0 == nothing
    assert alone == pytest.approx(usual + charged, abs=0.01)
    assert earned(tmp_path, 7, until("2027-01-31")) == (usual, charged), "far enough to be bought ahead of"


def test_of_days_after_the_horizon_only_those_on_sale_count(tmp_path: Path) -> None:
    """A third of what is bought ahead is charged where one day of three is left; fatigue by its own days, likewise."""
    shop = {**CALM, "halo: 0}": "halo: 0, carry_over: ignore}"}
    _, charged = earned(tmp_path, 7, shop)
    _, third = earned(tmp_path, 7, {**shop, PRO: f"{PRO}, last_sale: 2026-11-08"})
    assert third == pytest.approx(charged / 3, abs=0.02)
    tired = {**CALM, "share: 10%": "share: 0%"}
    _, left = earned(tmp_path, 7, tired)
    _, less = earned(tmp_path, 7, {**tired, PRO: f"{PRO}, last_sale: 2026-11-08"})
    assert less == pytest.approx(left / 3, abs=0.02)


def test_within_the_horizon_later_days_lend_nothing_either(tmp_path: Path) -> None:
    """A longer horizon, with nothing sold in its last days, charges no more than one that ends with the product."""
    longer = {"periods: 7": "periods: 10"}
    assert earned(tmp_path, 7, {**until("2026-11-07"), **longer}) == earned(tmp_path, 7, until("2026-11-07"))


def test_the_baseline_after_it_does_not_count_and_need_not_be_there(tmp_path: Path) -> None:
    """Units that a table foresees after the last sale are left out with a note; rows there may be missing."""
    loaded = load_shop(tmp_path, shop=until("2026-11-05"))
    assert loaded.effects is not None
    units = loaded.effects.base_units[0, :, 1]
    assert units[:, :5].all() and not units[:, 5:].any()
    assert "units of the baseline after a last_sale do not count: phone-pro 64" in loaded.effects.notes
    days = "".join(f"{who},phone-pro,2026-11-0{day},{n}\n" for who, n in (("young", 12), ("old", 20)) for day in (1, 2))
    rows = {"young,phone-pro,,12\n": days, "old,phone-pro,,20\n": ""}
    short = load_shop(tmp_path, shop=until("2026-11-02"), baseline=rows)
    assert short.effects is not None and not any("last_sale" in note for note in short.effects.notes)
    (problem,) = problems_of(tmp_path, shop=until("2026-11-03"), baseline=rows)
    assert "phone-pro, 2026-11-03" in problem


def test_no_plan_holds_a_line_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan is made with no line on the product after its last sale, and says so."""
    little_work(monkeypatch)
    path = write_shop(tmp_path, {"shop.yaml": until("2026-11-04")})
    out = tmp_path / "out"
    done = run("plan", path, "--out", out, "--effort", "quick", "--plans", "1")
    told = " ".join(done.stdout.split())
    assert "phone-pro: nothing to sell on 2026-11-05 to 2026-11-07, so no line is planned on it then" in told
    (plan,) = json.loads((out / "plans.json").read_text(encoding="utf-8"))["plans"]
    dates = [each["period"] for each in plan["lines"] if each["product"] == "phone-pro"]
    assert dates and max(dates) <= "2026-11-04"
    assert run("check", out, "--scenario", path).exit_code == 0


def test_a_products_table_holds_it_and_weeks_are_whole(tmp_path: Path) -> None:
    """In a CSV file it is a date like others; in weeks the week that holds it is sold to its end."""
    path = write_shop(tmp_path)
    text = path.read_text(encoding="utf-8")
    start, end = text.index("products:\n"), text.index("offers:\n")
    text = f"{text[:start]}products: {{table: products.csv}}\n{text[end:]}"
    path.write_text(text.replace("unit: day", "unit: week"), encoding="utf-8")
    (tmp_path / "products.csv").write_text(
        "id,category,price,unit_cost,stock,arrivals,vendor,last_sale\n"
        "phone,phones,2699,1890,5000,,nova,\nphone-pro,phones,3999,2760,,,nova,2026-11-10\ncase,extras,79,20,,,,\n",
        encoding="utf-8",
    )
    loaded = load_scenario(path, ["history=[]"])
    assert loaded.effects is not None
    assert loaded.effects.base_units[0, 0, 1].tolist() == [12, 12, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-10-31", "expected a date from 2026-11-01 on, got 2026-10-31"),
        ("soon", 'last_sale: expected a date such as 2026-11-01, got "soon"; write year-month-day'),
    ],
)
def test_a_last_sale_that_cannot_be_meant_is_refused(tmp_path: Path, day: str, expected: str) -> None:
    """A product that was gone before the horizon has no place in it."""
    (problem,) = problems_of(tmp_path, shop=until(day))
    assert expected in problem and "products" in problem


def test_goods_that_come_after_it_are_refused(tmp_path: Path) -> None:
    """What arrives when nothing is sold any more is a slip in one of the two dates."""
    edits = {"arrivals: {2026-11-03: 100}": "arrivals: {2026-11-03: 100}, last_sale: 2026-11-02"}
    (problem,) = problems_of(tmp_path, shop={**CALM, **edits})
    assert "got 2026-11-02, and an arrival on 2026-11-03" in problem


def test_the_market_sells_none_after_it() -> None:
    """Simulated customers find the shelf empty from the next day on, and as much as ever before."""
    market = singles_day.market({}, customers_per_segment=100)
    nuts = index(market, "jg-nuts")
    products = tuple(
        each.model_copy(update={"last_sale": market.date(9)}) if k == nuts else each
        for k, each in enumerate(market.products)
    )
    ending = replace(market, scenario=market.scenario.model_copy(update={"products": products}))
    usual, sold = market.play([], 1).units[:, nuts], ending.play([], 1).units[:, nuts]
    assert usual[:, 10:].sum() > 0 == sold[:, 10:].sum()
    assert (sold[:, :10] == usual[:, :10]).all()


def test_orders_stay_as_they_are_told_while_all_is_sold(tmp_path: Path) -> None:
    """A product that leaves later multiplies no orders of the days before: what an order's offer costs stays."""
    save = line(1, "basket", "save-200", "old")
    spent = []
    for shop in (CALM, until("2026-11-05")):
        problem = problem_of(load_shop(tmp_path, shop=shop))
        spent.append(float(score_plan(problem, problem.grid.plan_of([save])).plan.outcome.spend))
    assert spent[0] > 0 and spent[1] == pytest.approx(spent[0], rel=1e-6)


def test_a_unit_stands_for_the_orders_of_a_day_of_sale(tmp_path: Path) -> None:
    """By hand: 100 orders a day and, a product's mean being of its days on sale, 134,488 a day paid by the young.

    Of the dearer phone 12 a day are sold on five of seven days: 47,988 a day, not 34,277.
    """
    model = problem_of(load_shop(tmp_path, shop=until("2026-11-05"))).model
    by_hand = 100 / (30 * 2699 + 12 * 3999 + 70 * 79) * np.array([2699.0, 3999.0, 79.0])
    assert model.orders_per_unit[0, :, 0] == pytest.approx(by_hand, rel=1e-9)


def test_what_is_sold_no_more_is_charged_no_fatigue(tmp_path: Path) -> None:
    """Nothing where the last sale lies in the horizon; afterwards at the mean baseline of the whole horizon."""
    here = index(problem_of(load_shop(tmp_path, shop=CALM)).grid, "phone-pro")
    usual, ended, third = (
        problem_of(load_shop(tmp_path, shop=shop)).model.carry_value[:, here]
        for shop in (CALM, until("2026-11-05"), until("2026-11-08"))
    )
    assert (ended == 0).all() and (usual > 0).all()
    assert third == pytest.approx(usual / 3)


def test_orders_are_compared_with_what_is_sold_on_a_day_of_sale(tmp_path: Path) -> None:
    """A table of orders that is right while all is sold is not told to hold too much because goods leave early."""
    assert not [note for note in doubtful(load_shop(tmp_path, shop=until("2026-11-02"))) if "baskets.csv" in note]


def test_locked_lines_after_it_are_noted_and_no_note_denies_them(tmp_path: Path) -> None:
    """They stand, because somebody locked them; `validate` names them, and a plan speaks of all other lines."""
    late = {"date: 2026-11-04, product: phone, offer: cut-15": "date: 2026-11-06, product: phone-pro, offer: front"}
    loaded = load_shop(tmp_path, shop={PRO: f"{PRO}, last_sale: 2026-11-04", **late})
    notes = doubtful(loaded)
    assert (
        "rule agreed: 1 line stands after a last sale, where nothing is sold, first 2026-11-06 phone-pro, front "
        "(last_sale 2026-11-04)"
    ) in notes
    asked = problem_of(loaded)
    (told,) = left_out(asked.rulebook, for_sale(asked.model, asked.effects))
    assert told.endswith("so no line but those that are locked is planned on it then")


def test_the_monitor_names_what_was_sold_after_it(tmp_path: Path) -> None:
    """Units that nobody foresaw are in the totals, and the notes say so; before the last sale nothing is said."""
    grid = problem_of(load_shop(tmp_path, shop=until("2026-11-05"))).grid
    units = np.full((3, 7), 4.0)
    units[1, 6] = np.nan
    actuals: Any = SimpleNamespace(grid=grid, units_total=units)
    assert sold_after_the_last_sale(actuals) == [
        "phone-pro: 4 units were sold after its last sale (2026-11-05), and the plan foresaw none of them"
    ]
    units[1, 5] = 0.0
    assert sold_after_the_last_sale(actuals) == []
