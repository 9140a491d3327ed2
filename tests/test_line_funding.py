"""What a vendor pays for a line, whatever it sells (an ad, a display): in the account, limits, words and shocks."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from command_line import run
from plan_folders import write_folder
from shop import write_shop

from planner.commands.given.lines_file import read_plan
from planner.problem import Problem, build_problem
from scenarios.answer.archive import freeze
from scenarios.answer.outcome import account
from scenarios.answer.shocks import shocks
from scenarios.answer.sums import measured
from scenarios.language.offer_words import offer_meaning
from scenarios.language.scope import Scope
from scenarios.language.words import Measure

LINES = """\
date,product,segment,offer,coverage
2026-11-02,phone,,front,
2026-11-03,phone,,front,
2026-11-03,case,young,coupon-20,100%
2026-11-04,phone,,cut-15,
2026-11-05,basket,old,save-200,
"""
PAID = {
    "fixed_cost: 100}": "fixed_cost: 100, funding: {vendor: orbit, per_line: 250.50}}",
    "value: 20, layer": "value: 20, funding: {vendor: orbit, per_line: 10}, layer",
    "save: 200, layer": "save: 200, funding: {vendor: orbit, share: 50%, per_line: 7}, layer",
    "vendors: [{id: nova, fund: 100000}]": "vendors: [{id: nova, fund: 100000}, {id: orbit, fund: 600}]",
}


def paid_for(folder: Path, paid: dict[str, str] = PAID) -> Problem:
    """The shop, whose displays, coupons and thresholds a second vendor pays for by the line."""
    path = write_shop(folder)
    text = path.read_text("utf-8")
    for old, new in paid.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    (folder / "lines.csv").write_text(LINES, "utf-8")
    return build_problem(str(path))


def test_each_line_earns_its_amount(tmp_path: Path) -> None:
    """2 displays at 250.50, a coupon at 10, a threshold at 7 and half of what it saves: to the cent, by scope too."""
    problem = paid_for(tmp_path)
    book = account(problem.model, read_plan(tmp_path / "lines.csv", problem.grid))

    def funded(**scope: object) -> int:
        return measured(book, Measure.VENDOR_FUNDING, Scope.model_validate(scope))

    saved = measured(book, Measure.DISCOUNT, Scope.model_validate({"offers": ["save-200"]}))
    assert funded(offers=["front"]) == 2 * 25_050
    assert funded(offers=["coupon-20"]) == 1_000
    assert funded(offers=["save-200"]) == 700 + round(saved / 2)
    assert funded(vendor="orbit") == 2 * 25_050 + 1_000 + 700 + round(saved / 2)
    spend = measured(book, Measure.SPEND, Scope.model_validate({"offers": ["front"]}))
    assert spend == 2 * (10_000 - 25_050), "a display that is paid for costs less than nothing"


def test_effects_reckon_with_it_and_say_so(tmp_path: Path) -> None:
    """A display that costs 100 and is paid 250.50 pays whatever it brings, unless it tires; words name the amount."""
    problem = paid_for(tmp_path)
    offers = {offer.id: offer for offer in problem.grid.scenario.offers}
    assert offer_meaning(offers["front"], "CNY") == "shown in front, no saving; orbit pays 250.50 for each line"
    assert offer_meaning(offers["save-200"], "CNY").endswith("; orbit pays 50% of its costs and 7.00 for each line")
    fresh = run("effects", tmp_path / "shop.yaml", "--json", "--set", "response.carry_over=ignore")
    needs = {each["offer"]: each for each in json.loads(fresh.stdout)["break_even"]}
    assert needs["front"]["break_even_lift"] == 0.0
    assert needs["front"]["paying_slots"] == needs["front"]["slots"]
    tiring = json.loads(run("effects", tmp_path / "shop.yaml", "--json").stdout)["break_even"]
    front = next(each for each in tiring if each["offer"] == "front")
    assert 0.0 < front["break_even_lift"] < front["lift"], "what it costs after the horizon is no less for a small lift"


def test_a_vendor_who_withdraws_pays_for_no_line(tmp_path: Path) -> None:
    """The shock takes all that a vendor pays; the others go on paying."""
    problem = paid_for(tmp_path)
    lines = frozenset({("front", "phone"), ("save-200", "basket")})
    found = {shock.id: shock for shock in shocks(freeze(problem.loaded, seed=1), lines)}
    gone = found["vendor-withdraws:orbit"].changed
    assert gone is not None
    offers = {offer.id: offer for offer in gone.scenario.offers}
    front, save = offers["front"].terms_on(None), offers["save-200"].terms_on(None)
    assert front.per_line == save.per_line == save.share == 0
    assert offers["cut-15"].terms_on(None).share == 0.6


def test_a_fund_counts_what_is_paid_for_lines(tmp_path: Path) -> None:
    """501.00 for two displays fit into 600; a third display does not."""
    paid_for(tmp_path)
    rows = LINES.splitlines()
    for lines, code in ((rows[:3], 0), ([*rows[:3], "2026-11-06,case,,front,"], 1)):
        (tmp_path / "lines.csv").write_text("\n".join([*lines, rows[4]]) + "\n", "utf-8")
        told = run("score", tmp_path / "shop.yaml", tmp_path / "lines.csv")
        assert told.exit_code == code, told.stdout
        (row,) = [line for line in told.stdout.splitlines() if line.startswith("fund:orbit")]
        assert ("BROKEN" in row, "751.50" in row) == (code == 1, code == 1)


def test_claims_name_the_lines_that_are_paid_for(tmp_path: Path) -> None:
    """A public line is one, whatever its segments; a coupon to two segments is two lines."""
    problem = paid_for(tmp_path)
    (tmp_path / "lines.csv").write_text(LINES + "2026-11-03,case,old,coupon-20,100%\n", "utf-8")
    write_folder(problem, tmp_path / "plan", problem.grid.lines(read_plan(tmp_path / "lines.csv", problem.grid)))
    assert run("export", tmp_path / "plan", "--csv").exit_code == 0
    claims = pd.read_csv(tmp_path / "plan" / "csv" / "claims.csv", dtype=str).set_index(["date", "offer"])
    told = {key: tuple(row) for key, row in claims[["per_line", "lines_claimed", "amount"]].iterrows()}
    assert told["2026-11-02", "front"] == ("250.5", "1", "250.50")
    assert told["2026-11-03", "coupon-20"] == ("10", "2", "20.00")
    cut = claims.loc["2026-11-04", "cut-15"]
    assert cut[["per_line", "lines_claimed"]].isna().all()
