"""An offer that is sent once, given to single customers: one message, all its days' sales, and its days on each row."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import run
from plan_folders import write_folder
from sent_once import BASE, CONTACT, COST, CUSTOMERS, DOCUMENT, LIFT, PRICE, SAVES, START, TAKE_UP, coupon, effects
from tiny_problem import problem

from constraints.assign.terms import read_terms
from planner.assign.futures.offer_futures import offer_futures
from planner.assign.quotas import plan_quotas
from planner.assign.scoring.model_scores import how_long
from planner.assign.scoring.offer_setting import offer_setting
from planner.problem import Problem, build_problem
from scenarios.answer.outcome import account
from scenarios.answer.summary import line_results
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Scenario
from scenarios.loading.load import load_scenario

MONDAY, TUESDAY, THURSDAY = (str(START + dt.timedelta(days=day)) for day in (0, 1, 3))
DAYS = f"sent on {MONDAY}, valid until 2026-11-04"
LIMITS = [
    {"id": "monday-messages", "measure": "contacts", "max": 30, "where": {"periods": [MONDAY]}},
    {"id": "tuesday-messages", "measure": "contacts", "max": 7, "where": {"periods": [TUESDAY]}},
    {"id": "tuesday-discount", "measure": "discount", "max": 20, "where": {"periods": [TUESDAY]}},
    {"id": "reach", "measure": "customers_reached", "max": 1000},
    {"id": "messages", "measure": "contacts", "max": 1000},
]


def shop(folder: Path, **changed: Any) -> Path:
    """Write the tiny shop as files."""
    asked = DOCUMENT | {"baseline": {"table": "b.csv"}, "effects": {"table": "e.csv"}, "limits": LIMITS} | changed
    (folder / "shop.yaml").write_text(json.dumps(asked, default=str), "utf-8")
    (folder / "b.csv").write_text(f"segment,product,period,units\n,tea,,{BASE}\n", "utf-8")
    rows = "".join(f",,,{name},{LIFT[name]},{TAKE_UP[name]}\n" for name in LIFT)
    (folder / "e.csv").write_text(f"segment,product,period,offer,lift,take_up\n{rows}", "utf-8")
    return folder / "shop.yaml"


def customers(folder: Path, count: int = 40, value: float = 1.0) -> Path:
    """Write customers who get most of the coupon that is sent once."""
    rows = {"value_week": value, "value_day": 0.1, "discount_week": 0.6, "discount_day": 0.1}
    pd.DataFrame({"customer": [f"c{n:02d}" for n in range(count)], **rows}).to_csv(folder / "c.csv", index=False)
    return folder / "c.csv"


@pytest.mark.parametrize(("days", "sold"), [({"days": 3}, 3), ({"days": 5}, 5), ({"days": 9}, 6)])
def test_a_sending_is_worth_the_sum_of_its_days_less_one_message(days: dict[str, int], sold: int) -> None:
    """Each day's bump and discounts count as in a plan, the message once; days beyond the horizon do not."""
    sent = {"valid": {"sent": [START]} | days}
    document = DOCUMENT | {"offers": [DOCUMENT["offers"][0] | sent, DOCUMENT["offers"][1]]}
    asked = problem(Scenario.model_validate(document), effects(), None).loaded
    terms = read_terms(asked.scenario, ["all"])
    mean = offer_futures(offer_setting(asked, terms, None)).mean
    value = (mean.gain - mean.spend)[0, 0]

    def earned(offer: str, periods: int) -> float:
        each = LIFT[offer] * (PRICE - COST) - SAVES[offer] * (TAKE_UP[offer] + LIFT[offer])
        return periods * BASE / CUSTOMERS * each - CONTACT

    assert value.tolist() == pytest.approx([earned("week", sold), earned("day", 6)])
    alone = offer_futures(offer_setting(asked, terms, DateRange.parse(MONDAY))).mean
    assert (alone.gain - alone.spend)[0, 0].tolist() == pytest.approx([earned("week", sold), earned("day", 1)])


def test_a_sending_to_everybody_has_the_futures_of_the_plan_that_sends_it(tmp_path: Path) -> None:
    """The ledger's own P5, P50 and P95 of value and spend, to the cent: the days of a validity move together."""
    free = [DOCUMENT["offers"][0] | {"fixed_cost": "0"}, DOCUMENT["offers"][1]]
    calm = {"offers": free, "response": DOCUMENT["response"] | {"fatigue": 0}}
    path = shop(tmp_path, limits=[{"id": "budget", "measure": "spend", "max": 9999}], **calm)
    asked, span = load_scenario(path), DateRange.parse(MONDAY)
    mean = offer_futures(offer_setting(asked, read_terms(asked.scenario, ["all"], span), span)).mean
    spend = mean.spend[0, 0, 0]
    told = {"value_week": mean.gain[0, 0, 0] - spend, "spend_week": spend, "value_day": np.nan, "spend_day": 0.0}
    pd.DataFrame({"customer": range(CUSTOMERS)} | told).to_csv(tmp_path / "c.csv", index=False)
    given = run("assign", path, tmp_path / "c.csv", "--out", tmp_path / "o.csv", "--date", MONDAY, "--json")
    assert given.exit_code == 0, given.stderr
    rows = "".join(f"2026-11-0{day},all,tea,week,100%\n" for day in (2, 3, 4))
    (tmp_path / "lines.csv").write_text(f"date,segment,product,offer,coverage\n{rows}", "utf-8")
    planned = json.loads(run("score", path, tmp_path / "lines.csv", "--json").stdout)["plan"]["outcome"]["quantiles"]
    found = json.loads(given.stdout)["outlook"]["quantiles"]
    for one, other in (("value", "profit"), ("spend", "spend")):
        for at in ("p05", "p50", "p95"):
            assert found[one][at] == pytest.approx(planned[other][at], abs=0.03)


def test_limits_count_the_message_on_its_day_and_uses_on_any() -> None:
    """Monday's messages count it and Tuesday's do not; a limit on Tuesday's discounts counts all of them."""
    scenario = Scenario.model_validate(DOCUMENT | {"limits": LIMITS})
    found = read_terms(scenario, ["all"], DateRange.parse(MONDAY)).question
    cells = {limit.id: limit.cells[0].tolist() for limit in found.limits}
    assert cells == {
        "monday-messages": [True, True],
        "tuesday-discount": [True, False],
        "reach": [True, True],
        "messages": [True, True],
    }
    later = read_terms(scenario, ["all"], DateRange.parse(TUESDAY))
    assert later.question.offers == ("day",) and not later.sent_once


def test_a_closed_day_closes_its_sending() -> None:
    """What customers hold cannot stop being valid on Tuesday: the next sending may go out."""
    blackout = {"id": "calm", "rule": "blackout", "where": {"offers": ["week"], "periods": [TUESDAY]}}
    scenario = Scenario.model_validate(DOCUMENT | {"rules": [blackout]})
    first = read_terms(scenario, ["all"])
    assert first.question.offers == ("day",) and "calm: week goes to nobody" in first.assumed
    (second,) = read_terms(scenario, ["all"], DateRange.parse(f"{THURSDAY}..2026-11-06")).sent_once
    assert str(second.sent) == THURSDAY


def test_rows_summary_reasons_and_decisions_tell_a_sending_and_its_last_day(tmp_path: Path) -> None:
    """Who sends reads when, and until when it may be used; decisions later are about the same sending."""
    path, out = shop(tmp_path), tmp_path / "out.csv"
    given = "assign", path, customers(tmp_path), "--out", out, "--date", MONDAY
    result = run(*given, "--why", "c00")
    assert result.exit_code == 0, result.stderr
    assert f"week: {DAYS}" in result.stdout
    table = pd.read_csv(out)
    got = table[table["offer"] == "week"]
    assert list(table.columns[:5]) == ["customer", "offer", "value", "sent", "valid_until"]
    assert len(got) == 30 and set(got["sent"]) == {MONDAY} and set(got["valid_until"]) == {"2026-11-04"}
    assert table[table["offer"] != "week"]["sent"].isna().all()
    record = json.loads(out.with_suffix(".json").read_text("utf-8"))
    assert record["sendings"] == [{"offer": "week", "sent": MONDAY, "valid_until": "2026-11-04"}]
    assert run(*given).exit_code == 0, "an older table with these columns may be written over"
    new = customers(tmp_path, 1, value=5.0)
    told = run("decide", path, new, "--at", out, "--json")
    assert told.exit_code == 0, told.stderr
    (one,) = json.loads(told.stdout)["customers"]
    assert one["offer"] == "week" and f"Gets week ({DAYS}):" in one["sentence"]
    edited = out.with_suffix(".json").read_text("utf-8").replace(f'"sent": "{MONDAY}"', f'"sent": "{TUESDAY}"')
    out.with_suffix(".json").write_text(edited, "utf-8")
    refused = run("decide", path, new, "--at", out)
    assert refused.exit_code == 2 and "a day on which the scenario sends it" in " ".join(refused.stderr.split())


def test_without_dates_the_first_sending_is_assigned_and_the_others_are_told() -> None:
    """Nothing is guessed in silence: whoever means Thursday's reads how to say so."""
    scenario = Scenario.model_validate(DOCUMENT)
    terms = read_terms(scenario, ["all"])
    assert f"week: assigned as {DAYS}; it is sent on {THURSDAY}, too (--date DATE chooses)" in terms.assumed
    grid = problem(scenario, effects(), None).grid
    assert list(how_long(grid, None, terms.sendings)) == [
        f"offers without valid hold from {START} for 6 days (--date says other dates)"
    ]


def test_a_plans_quotas_are_of_one_sending_and_the_others_take_their_messages_once(tmp_path: Path) -> None:
    """Half get Monday's, all get Thursday's: that takes a hundred messages and customers once, not on every day."""
    asked = build_problem(str(shop(tmp_path)))
    write_folder(asked, tmp_path / "plans", (*coupon(0, 1, 2, coverage=0.5), *coupon(3, 4, 5)))

    def read(dates: str | None) -> Any:
        span = None if dates is None else DateRange.parse(dates)
        return plan_quotas(asked.loaded, tmp_path / "plans", lambda each: each.plans[0], span).quotas

    for dates, people, taken, sent in ((MONDAY, 50, 100, 0), (THURSDAY, 100, 50, 3), (None, 50, 100, 0)):
        found = read(dates)
        assert found.customers.tolist() == [[people, 0]] and found.sends == {"week": sent}
        assert (found.taken["messages"], found.taken["reach"]) == (taken, taken)
        assert found.taken["tuesday-discount"] == (0 if sent == 0 else tuesdays_discount(asked))
        terms = read_terms(asked.grid.scenario, ["all"], None if dates is None else DateRange.parse(dates), found)
        assert [each.sent.day for each in terms.sent_once] == [2 + sent]
    assert not read(TUESDAY).customers.any() and [day.day for day in read(TUESDAY).sends_on] == [2, 5]


def tuesdays_discount(asked: Problem) -> Decimal:
    """Discounts of Tuesday's line where half get Monday's, from the plan's own account."""
    book = line_results(account(asked.model, asked.grid.plan_of((*coupon(0, 1, 2, coverage=0.5), *coupon(3, 4, 5)))))
    return next(line.discount for line in book if str(line.period) == TUESDAY)
