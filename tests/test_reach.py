"""Channels that reach a part of each segment: account, search and bound, customers' files, and the simulated market."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, thin
from bound_questions import random_prices
from command_line import run
from flight_case import LINES
from market_case import line, play, small_market
from plan_folders import write_folder
from scenario_factory import rng_of, tiny_scenario
from shop import load_shop, problems_of, write_shop
from test_evaluator import RICH, all_measures, random_plan

from constraints.limits.book import build_limits
from planner.assign.quotas import plan_quotas
from planner.bound.problem import BoundProblem
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.plan_order import gains_by_plan
from planner.problem import build_problem, problem_of
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.grid import build_grid
from scenarios.language.date_ranges import DateRange
from scenarios.language.plan_lines import PlanLine
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.totals import evaluate

PUSH = "{id: push, cost_per_contact: 0.02, "


def shop(folder: Path, reach: str, post: str | None = None) -> Coefficients:
    """The shop whose push reaches a part of its customers; with ``post`` that goes out by a channel of this reach."""
    edits = {PUSH: f"{PUSH}reach: {reach}, "}
    if post is not None:
        edits |= {"channels: [": f"channels: [{{id: post, cost_per_contact: 0.5, reach: {post}}}, "}
        edits |= {"mechanic: threshold, spend: 3000, save: 200, layer: targeted, channel: push": PARCEL}
    return problem_of(load_shop(folder, shop=edits)).model


PARCEL = "mechanic: threshold, spend: 3000, save: 200, layer: targeted, channel: post, coverage: [25%, 100%]"


def coupon(day: int, coverage: float = 1.0) -> PlanLine:
    """A coupon on cases to the young of a day."""
    date = dt.date(2026, 11, day)
    return PlanLine(date=date, product="case", segment="young", offer="coupon-20", coverage=coverage)


def parcel(day: int, coverage: float) -> PlanLine:
    """A saving on orders by post to the young of a day."""
    date = dt.date(2026, 11, day)
    return PlanLine(date=date, product="basket", segment="young", offer="save-200", coverage=coverage)


def counted(model: Coefficients, measure: Measure, *lines: PlanLine) -> float:
    """What a plan has of a measure, by the ledger, which the response has, too."""
    plan = model.grid.plan_of(lines)
    found = measured(account(model, plan), measure, Scope()) / 1000
    functional = all_measures(model).functionals[[each for each in Measure if each not in RATIO].index(measure)]
    assert found == pytest.approx(evaluate(functional, model, plan, np), abs=0.01)
    return found


RATIO = (Measure.MARGIN_RATE, Measure.ROI)


def test_the_same_customers_are_reached_every_time(tmp_path: Path) -> None:
    """Of 4,000 young customers 62 %: by one message, by two of them, and half of them twice."""
    model = shop(tmp_path, "{young: 62%, old: 28%}")
    assert counted(model, Measure.CONTACTS, coupon(2)) == 2480
    assert counted(model, Measure.CUSTOMERS_REACHED, coupon(2), coupon(4)) == 2480
    assert counted(model, Measure.CUSTOMERS_REACHED, coupon(2, 0.5), coupon(4, 0.5)) == 1860


def test_whom_a_rarer_channel_reaches_the_wider_one_reaches_too(tmp_path: Path) -> None:
    """Push reaches 60 % and post 25 % of the segment: together 60 %; where push covers half, the post adds to it."""
    model = shop(tmp_path, "60%", post="25%")
    both = counted(model, Measure.CUSTOMERS_REACHED, coupon(2), parcel(4, 1.0))
    assert both == 2400
    half = counted(model, Measure.CUSTOMERS_REACHED, coupon(2, 0.5), parcel(4, 1.0))
    assert half == 4000 * (0.25 + 0.35 * 0.5)


def test_a_reach_of_everybody_changes_no_number(tmp_path: Path) -> None:
    """Written or not, 100 % is the same tables, to the bit."""
    plain, whole = load_shop(tmp_path), load_shop(tmp_path, shop={PUSH: f"{PUSH}reach: {{young: 100%}}, "})
    one, other = (problem_of(each).model for each in (plain, whole))
    assert np.array_equal(one.cells.lift, other.cells.lift)
    assert np.array_equal(one.cells.reach, other.cells.reach)
    plan = one.grid.plan_of(LINES)
    assert account(one, plan).rows.contacts.tolist() == account(other, plan).rows.contacts.tolist()


def test_what_is_sold_follows_the_reach_of_each_segment(tmp_path: Path) -> None:
    """A coupon's bump and uses are those of the share of the segment that is reached."""
    whole, part = problem_of(load_shop(tmp_path)).model, shop(tmp_path, "{young: 62%}")
    rows = [account(each, each.grid.plan_of([coupon(2)])).rows for each in (whole, part)]
    assert rows[1].uses[0] == pytest.approx(0.62 * rows[0].uses[0], abs=1)
    assert rows[1].liability[0] == pytest.approx(0.62 * rows[0].liability[0], abs=1)


def test_mistakes_are_told(tmp_path: Path) -> None:
    """A segment that is none, and shares that are none."""
    (said,) = problems_of(tmp_path, shop={PUSH: f"{PUSH}reach: {{yung: 62%}}, "})
    assert 'channels.push.reach.yung: expected a segment of the scenario, got "yung"; did you mean young' in said
    (said,) = problems_of(tmp_path, shop={PUSH: f"{PUSH}reach: 62, "})
    assert "expected a share between 0% and 100%, got 62; write 62% if that is meant" in said
    (said,) = problems_of(tmp_path, shop={PUSH: f"{PUSH}reach: {{}}, "})
    assert "channels.push.reach: expected a share, or shares by segment" in said


@pytest.mark.parametrize("seed", [7, 1, 26, 28])  # of two shapes, the first of which `test_evaluator` compiles too
def test_gains_of_single_changes_are_exact(seed: int) -> None:
    """In the evaluator too, with several channels, coverages and all measures at random prices."""
    scenario, effects, baskets = tiny_scenario(rng_of(seed), **RICH, reach=True)
    told = ({"s0": 0.6, "s1": 0.25}, {"s1": 0.4})
    channels = [each.model_copy(update={"reach": reach}) for each, reach in zip(scenario.channels, told, strict=True)]
    scenario = scenario.model_copy(update={"channels": tuple(channels)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    limits, rng = all_measures(model), rng_of(50 + seed)
    evaluator, plan = Evaluator(model, limits), random_plan(model, rng)
    prices, stock = rng.uniform(0, 0.2, size=len(limits.functionals)), np.zeros(model.grid.shape[1:])
    gains = gains_by_plan(evaluator.gains(plan, 1.0, prices, stock), model.grid)
    changes = [(n, c) for n in range(model.grid.slots) for c in np.flatnonzero(model.grid.allowed_flat[n])]
    changed = np.repeat(plan[None], len(changes), axis=0)
    for row, (slot, choice) in enumerate(changes):
        changed[row, slot] = choice
    found, before = evaluator.value(changed), evaluator.value(plan[None])
    after = found.objective - found.uses @ (prices * limits.sign)
    wanted = after - (before.objective - before.uses @ (prices * limits.sign))[0]
    told = np.array([gains[change] for change in changes])
    np.testing.assert_allclose(told, wanted, atol=2e-5 * np.abs(wanted).max())
    uses = [evaluate(functional, model, plan, np) for functional in limits.functionals]
    np.testing.assert_allclose(before.uses[0], uses, rtol=1e-9, atol=1e-7)


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_lies_above_every_plan(seed: int) -> None:
    """At good prices and bad ones, where segments tire differently because they are reached differently."""
    rng = rng_of(70_000 + seed)
    scenario, effects, baskets = tiny_scenario(rng_of(900 + seed), segments=2, products=1 + seed % 2, reach=True)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    limits = build_limits(model)
    allowed = thin(rng, model.grid.allowed_flat, 800)
    gains, kept = gains_and_feasible(model, limits, plans_of(allowed), at_risk=True)
    problem = BoundProblem(model, limits, allowed, None, int(rng.integers(2, 14)))
    for size in (0.0, 0.3, 3.0):
        prices = random_prices(rng, problem, size) if size else problem.start
        for naive in (True, False):
            value, _ = problem.evaluate(prices, naive=naive)
            assert not kept.any() or value >= gains[kept].max()


def exported(folder: Path, reach: str, yes: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said of a rollout of which of a hundred customers of each segment so many have consented."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(folder / "cache"))
    path = write_shop(folder)
    asking = f"{PUSH}consent: optin, {reach}"
    path.write_text(path.read_text("utf-8").replace(PUSH, asking), "utf-8")
    write_folder(build_problem(str(path)), folder / "plan", LINES)
    sizes = {"young": 4000, "old": 6000}
    rows = [f"{s}{n},{s},{'yes' if n % 100 < yes[s] else 'no'}" for s, size in sizes.items() for n in range(size)]
    (folder / "customers.csv").write_text("\n".join(["customer,segment,optin", *rows]) + "\n", "utf-8")
    options = ("--rollout", folder / "out", "--customers", folder / "customers.csv", "--ids", "--holdout", "0%")
    found = run("export", folder / "plan", *options, "--json")
    assert found.exit_code == 0, found.output
    return list(json.loads(found.stdout)["says"])


def test_a_rollout_prints_the_reach_that_a_file_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without reach the plan writes to more than have consented; with the printed one it does not, and all is said."""
    says = exported(tmp_path, "", {"young": 62, "old": 28}, monkeypatch)
    assert any(
        "2,480 of 4,000 customers of young have consented to push, and the plan writes to 4,000" in s for s in says
    )
    (note,) = [each for each in says if "reach: {" in each]
    assert note.endswith("reach: {young: 62%, old: 28%}")
    says = exported(tmp_path, note[note.index("reach: {") :] + ", ", {"young": 62, "old": 28}, monkeypatch)
    assert not [each for each in says if "consented" in each]
    audience = (tmp_path / "out" / "audiences" / "2026-11-02_coupon-20.csv").read_text("utf-8")
    assert len(audience.splitlines()) == 1 + 2480
    says = exported(tmp_path, "reach: 62%, ", {"young": 62, "old": 28}, monkeypatch)
    assert any("1,680 of 6,000 customers of old have consented to push, and the plan counts on 62%" in s for s in says)


def test_in_the_market_the_same_customers_get_all_messages() -> None:
    """Two lines on several days reach nobody beyond the reach, and messages are counted so."""
    market = small_market()
    channels = tuple(each.model_copy(update={"reach": 0.4}) for each in market.scenario.channels)
    part = replace(market, scenario=market.scenario.model_copy(update={"channels": channels}))
    lines = [line("jg-tea", "baijia-coupon", "new-parents")]
    days = [line("jg-tea", "baijia-coupon", "new-parents", day=lines[0].date + dt.timedelta(days=n)) for n in range(3)]
    got = [part.draws(1, day).chance <= 1 for day in range(3)]
    assert np.array_equal(got[0], got[2])
    assert 0.3 < got[0][:, 0].mean() < 0.5
    sent = [play(each, days).totals["contacts"] for each in (market, part)]
    assert sent[1] == pytest.approx(0.4 * sent[0])


def test_quotas_are_shares_of_those_who_can_be_reached(tmp_path: Path) -> None:
    """Half of the young by a push that reaches 62 % of them are 1,240 of 4,000 customers."""
    loaded = load_shop(tmp_path, shop={PUSH: f"{PUSH}reach: {{young: 62%}}, "})
    problem = problem_of(loaded)
    write_folder(problem, tmp_path / "plan", (coupon(2, 0.5),))
    day = dt.date(2026, 11, 2)
    found = plan_quotas(loaded, tmp_path / "plan", lambda each: each.plans[0], DateRange(first=day, last=day))
    offer = problem.grid.offer_index["coupon-20"]
    assert found.quotas.customers[problem.grid.segment_index["young"], offer] == 1240
