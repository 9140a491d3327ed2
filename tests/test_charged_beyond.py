"""Much that is charged beyond the horizon is told, with the products and keys that it comes from; little is not."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from command_line import run
from flight_case import line
from shop import load_shop, write_shop

from planner.problem import problem_of
from planner.reasons.assumed.charged_beyond import charged_beyond
from planner.report.side_by_side.compare import show_compared
from planner.run.scored import Scored, score_plan

CAKE = {
    "history:\n": "history: []\n",
    "  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n": "",
    "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
}
LAST, FIRST = line(7, "phone-pro", "front"), line(1, "phone-pro", "front")


def said(folder: Path, *lines: object, **edits: dict[str, str]) -> tuple[str, ...]:
    """What is told of a plan with these lines."""
    scored = _scored(folder, *lines, **edits)
    return charged_beyond(scored.account, scored.plan.outcome)


def _scored(folder: Path, *lines: object, **edits: dict[str, str]) -> Scored:
    problem = problem_of(load_shop(folder, **{**edits, "shop": {**CAKE, **edits.get("shop", {})}}))
    return score_plan(problem, problem.grid.plan_of(lines))


def _sold_on(days: tuple[int, ...]) -> dict[str, str]:
    """The shop's baseline, with phone-pro sold on some days of the week only."""
    return {
        f"{segment},phone-pro,,{units}\n": "".join(
            f"{segment},phone-pro,2026-11-0{day},{units if day in days else 0}\n" for day in range(1, 8)
        )
        for segment, units in (("young", 12), ("old", 20))
    }


def test_a_line_on_the_last_day_is_told_of_with_product_and_keys(tmp_path: Path) -> None:
    """All that it borrows is borrowed from after the horizon, and its customers are tired then."""
    (told,) = said(tmp_path, LAST)
    assert "are charged beyond the horizon, most of it on phone-pro" in told
    assert "(response.pull_forward)" in told and "(response.carry_over)" in told
    assert "goods that are not sold then say so by their last_sale" in told


def test_only_what_is_charged_is_named(tmp_path: Path) -> None:
    """Without fatigue that is left nobody is told of it; a line on the first day borrows from within."""
    (told,) = said(tmp_path, LAST, shop={"halo: 0}": "halo: 0, carry_over: ignore}"})
    assert "(response.pull_forward)" in told and "carry_over" not in told
    assert said(tmp_path, FIRST, shop={"halo: 0}": "halo: 0, carry_over: ignore}"}) == ()
    assert said(tmp_path) == ()


def test_what_has_no_place_later_is_told_beside_it_so_that_the_sentences_add_up(tmp_path: Path) -> None:
    """A product sold on the first and the last day: what the first day's offer brings forward is missed nowhere."""
    scored = _scored(tmp_path, FIRST, LAST, baseline=_sold_on((1, 7)))
    out = scored.plan.outcome
    assert out.unplaced is not None and 0 < out.unplaced < (out.profit_change + out.charges) / 10
    beyond, nowhere = charged_beyond(scored.account, out)
    earned = f"of {out.profit_change + out.charges:,} CNY that the plan earns within the horizon, "
    assert beyond.startswith(f"{earned}{out.charges - out.unplaced:,} (")
    assert nowhere.startswith(f"{earned}{out.unplaced:,} (")


def test_compared_plans_have_both_charges_as_each_has_them_alone(tmp_path: Path) -> None:
    """Beyond the horizon and without a place are two rows; where nothing is without a place, one."""
    less, more = (_scored(tmp_path, *lines, baseline=_sold_on((1, 7))).plan for lines in ((LAST,), (FIRST, LAST)))
    rows = {str(row[0]): row[1:3] for row in show_compared(less, more, ("one", "two"), "CNY").rows}
    out = more.outcome
    assert rows["charged beyond the horizon"][1] == f"{out.charges - (out.unplaced or 0):,}"
    assert rows["bought ahead, without a place later"] == ("0.00", f"{out.unplaced:,}")
    alone = [str(row[0]) for row in show_compared(less, less, ("one", "two"), "CNY").rows]
    assert "charged beyond the horizon" in alone and "bought ahead, without a place later" not in alone


def test_score_tells_it_on_the_screen_and_in_json(tmp_path: Path) -> None:
    """Whoever scores a plan of one late line learns why a part of it is missing."""
    path = write_shop(tmp_path, {"shop.yaml": CAKE})
    lines = tmp_path / "lines.csv"
    lines.write_text("date,product,segment,offer\n2026-11-07,phone-pro,*,front\n", encoding="utf-8")
    assert "are charged beyond the horizon" in " ".join(run("score", path, lines).stdout.split())
    (note,) = json.loads(run("score", path, lines, "--json").stdout)["notes"]
    assert "phone-pro" in note


def test_the_price_of_left_over_fatigue_is_of_the_menu_and_of_no_rule(tmp_path: Path) -> None:
    """A rule that bars an offer on every day changes no plan's worth; what leaves a product's menu changes it."""
    rule = "rules:\n  - {id: never, rule: blackout, where: {offers: [cut-15]}}\n"

    def earned(**edits: str) -> Decimal:
        problem = problem_of(load_shop(tmp_path, shop={**CAKE, **edits}))
        outcome = score_plan(problem, problem.grid.plan_of([LAST])).plan.outcome
        assert outcome.charges > 0
        return outcome.profit_change

    assert earned(**{"rules:\n": rule}) == earned()
    cut, narrower = "depth: 15%, applies_to: {categories: [phones]}", "depth: 15%, applies_to: {products: [phone]}"
    assert earned(**{cut: narrower}) != earned()
