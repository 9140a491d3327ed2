"""What customers say and send back: told where it is clear, with the money that the account does not hold for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, running_shop
from little_watch import LIGHT
from lived import actuals_of, lived_units
from printed import printed
from replan_case import again

from planner.flight.evaluate import EvaluateParams, evaluate_campaign
from planner.flight.watch.monitor import monitor
from planner.flight.watch.needs_a_look import needs_a_look
from planner.flight.watch.returns_told import returns_beyond
from planner.report.flight.monitor import monitor_json, show_monitor, verdict_line
from planner.report.flight.outcome_report import outcome_json, show_outcome
from planner.report.flight.replan import show_replanned
from planner.report.flight.replan_json import replan_json
from scenarios.flight.actuals import Actuals
from scenarios.flight.experience import where_ran
from scenarios.flight.reading.net_of_tax import with_what_is_missing

case = running_shop
LAST = 4
PRO = 1


def _calm(case: Running, **rates: float) -> Actuals:
    """Sales at regular prices; of the units of each row a share came back, or was complained of."""
    units = lived_units(case.model, case.frozen.effects, case.plan, seed=3)[0]
    actuals = actuals_of(case.grid, units, LAST)
    tables = dict(actuals.tables)
    for column, rate in rates.items():
        tables[column] = np.rint(tables["units"] * rate)
    return replace(actuals, tables=tables)


def _worse(case: Running, actuals: Actuals, column: str, rate: float, offer: str = "cut-15") -> Actuals:
    """The same with another rate where an offer ran."""
    table = actuals.tables[column].copy()
    rows = where_ran(actuals, case.plan)[offer]
    table[:, rows] = np.rint(rate * actuals.tables["units"][:, rows])
    return replace(actuals, tables={**actuals.tables, column: table})


def test_what_comes_back_as_assumed_is_not_said(case: Running) -> None:
    """4 % are assumed; 4 % with their rounding are no news, nor is a file that tells nothing."""
    assert not list(returns_beyond(_calm(case, returns=0.04)))
    assert needs_a_look(_calm(case), case.plan) == ()


def test_returns_beyond_the_assumed_rate_are_told_with_their_money(case: Running) -> None:
    """30 % of the dear phones came back: revenue at what was paid net of tax, and unit costs given back, by hand."""
    actuals = _calm(case, returns=0.04)
    back = actuals.tables["returns"].copy()
    back[:, :, PRO] = np.rint(0.3 * actuals.tables["units"][:, :, PRO])
    actuals = replace(actuals, tables={**actuals.tables, "returns": back})
    (said,) = returns_beyond(actuals)
    tables = actuals.tables
    told = np.isfinite(back) & (np.nan_to_num(tables["units"]) > 0)
    beyond = np.where(told, back - 0.04 * tables["units"], 0.0)[:, :, :3]
    paid = np.where(told, tables["revenue"] / np.where(told, tables["units"], 1.0), 0.0)[:, :, :3]
    revenue = float((beyond * paid).sum()) / 1.13
    profit = revenue - float((beyond.sum(axis=(0, 1, 3)) * np.array([1890.0, 2760.0, 20.0])).sum())
    assert f"takes about {revenue:,.0f} CNY off revenue" in said
    assert f"about {profit:,.0f} CNY off margin and profit" in said
    assert "the account assumes 4.0% (return_rate)" in said


def test_an_offer_that_angers_is_named_beside_sales_without_it(case: Running) -> None:
    """Three in ten complain of the cut, nearly nobody of the rest, and score it lower; no other offer is named."""
    actuals = _worse(case, _calm(case, complaints=0.01), "complaints", 0.3)
    rows = where_ran(actuals, case.plan)["cut-15"]
    score = np.where(np.isfinite(actuals.tables["units"]), 4.2, np.nan)
    score[:, rows] = np.where(np.isfinite(score[:, rows]), 1.1, np.nan)
    score[..., ::2] += 0.05
    people = np.where(np.isfinite(score), 5.0, np.nan)
    actuals = replace(actuals, tables={**actuals.tables, "survey": score, "survey_count": people})
    (said,) = needs_a_look(actuals, case.plan)
    assert said.startswith("cut-15 needs a look: complaints 30.")
    assert "without it), survey 1.1" in said and "(4.2" in said


def test_few_cases_are_not_clear(case: Running) -> None:
    """Two complaints where one was usual say nothing of an offer, nor does one row with a low score."""
    actuals = _calm(case, complaints=0.0)
    table = actuals.tables["complaints"].copy()
    rows = np.argwhere(where_ran(actuals, case.plan)["coupon-20"] & np.isfinite(table[0]))
    table[(0, *rows[0])] = 2.0
    score = np.where(np.isfinite(table), 4.2, np.nan)
    score[(0, *rows[0])] = 1.0
    people = np.where(np.isfinite(table), 3.0, np.nan)
    people[0, ~where_ran(actuals, case.plan)["coupon-20"]] = 3.0
    told = replace(actuals, tables={**actuals.tables, "complaints": table, "survey": score, "survey_count": people})
    assert needs_a_look(told, case.plan) == ()


def test_segments_that_unsubscribe_are_named(case: Running) -> None:
    """The plan counts on messages to all; where one in ten has left, it says so."""
    actuals = _calm(case)
    left = np.where(np.isfinite(actuals.tables["units"]), 0.0, np.nan)
    left[0, 0, 2, 1] = 400.0
    (said,) = needs_a_look(replace(actuals, tables={**actuals.tables, "unsubscribes": left}), case.plan)
    assert said.startswith("unsubscribed so far: young 400 of 4,000;")


@pytest.mark.parametrize("width", [80, 120])
def test_monitor_and_report_say_it_first(case: Running, width: int) -> None:
    """Above every table, in the JSON, and the monitor is not on course."""
    net = "revenue in actuals.csv seems to be net of tax: write it as customers paid"
    actuals = replace(_worse(case, _calm(case, returns=0.04), "returns", 0.5), attention=(net,))
    report = monitor(case.frozen, case.plan, actuals, folder="p", rank=1, params=LIGHT)
    assert not report.on_course
    said = verdict_line(report).plain
    assert "the actuals cannot be right" in said and "2 findings on customers" in said
    assert monitor_json(report)["findings"][0].startswith(net)
    outcome = evaluate_campaign(case.frozen, case.plan, actuals, folder="p", rank=1, params=EvaluateParams(futures=50))
    assert outcome_json(outcome)["attention"] == [*with_what_is_missing(actuals), *needs_a_look(actuals, case.plan)]
    for parts in (show_monitor(report), show_outcome(outcome)):
        text = "\n".join(line for part in parts for line in printed(part, width))
        assert text.index("Needs attention") < text.index("revenue in actuals.csv") < text.index("returns: ")
        assert text.index("returns: ") < text.index("cut-15 needs a look") < text.index("\u2500")
        assert all(len(line) <= width for line in text.splitlines())


def test_a_replanning_says_it_too(case: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its money does not hold the returns either: on top, in the JSON and in the new plan's notes."""
    from little_work import little_work

    little_work(monkeypatch)
    net = "revenue in actuals.csv seems to be net of tax: write it as customers paid"
    actuals = replace(_worse(case, _calm(case, returns=0.04), "returns", 0.5), attention=(net,))
    found = again(case, actuals)
    (said,) = returns_beyond(actuals)
    first, second = replan_json(found, folder="p", plan=1)["attention"]
    assert first == f"{net} (the new plan rests on units and uses, not on revenue; monitor and report do)"
    assert second == said
    assert found.plan_set is not None and said in found.plan_set.note_texts
    text = " ".join(line for part in show_replanned(found, title="plans") for line in printed(part, 200))
    assert text.index("Needs attention") < text.index("say of the forecast")
