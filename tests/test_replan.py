"""Re-planning a running campaign: what is learned, what stays, what changes, and that the whole can be checked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from flight_case import DAYS, LINES, Running, line, running_shop
from little_work import little_work
from plan_directory import plans_of
from printed import printed
from replan_case import LAST, again, happened, sold
from typer.testing import CliRunner

from constraints.checking.check import check
from constraints.ledger import Ledger
from planner.cli import app
from planner.commands.running.replan import periods_of
from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.replan.changes.change_cost import ChangeCostEvaluator
from planner.replan.changes.differences import differences
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import Replanned
from planner.report.flight.replan import show_replanned
from scenarios.answer.plan_files import read_plans, write_plans
from scenarios.flight.settled import settled
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.schema import Horizon
from scenarios.problems import InvalidInput
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import sold_by
from surrogate.flight.recalibration.recalibrate import recalibrate

case = running_shop


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learned, kept and told is tested here, not how good the plan is."""
    little_work(monkeypatch)


@pytest.fixture(scope="module")
def stays(case: Running) -> Replanned:
    """Planned again after sales as forecast, with a cost that no change can earn."""
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        return again(case, happened(case, sold(case)), change_cost=Decimal(10**9))


def test_an_offer_that_brings_less_is_found_and_its_interval_narrows(case: Running) -> None:
    """A lift that is really lower moves its factor down, further where the forecast was less sure."""
    wide = replace(case.frozen.effects, lift_sd=np.where(case.frozen.effects.lift_sd > 0, 0.6, 0.0))
    actuals = happened(case, sold(case, lift={"cut-15": 0.4}))
    found = recalibrate(case.model, wide, case.plan, actuals)
    moved, sure = found.offers["cut-15"], recalibrate(case.model, case.frozen.effects, case.plan, actuals)
    assert 0.4 <= moved.factor < sure.offers["cut-15"].factor < 1.0
    assert moved.factor < 0.85
    assert moved.high / moved.low < moved.before_high / moved.before_low
    number = case.grid.offer_index["cut-15"]
    before, after = wide.lift[..., number], found.effects.lift[..., number]
    assert (after[before > 0] < before[before > 0]).all()


def test_what_goes_as_forecast_moves_nothing(case: Running) -> None:
    """Sales exactly as expected leave every factor at 1 within rounding of units."""
    found = recalibrate(case.model, case.frozen.effects, case.plan, happened(case, sold(case)))
    assert all(abs(moved.factor - 1) < 0.03 for moved in (*found.offers.values(), *found.products.values()))


def test_weak_demand_everywhere_is_a_matter_of_baselines(case: Running) -> None:
    """Where everything sells less, promoted or not, baselines fall and lifts hardly move."""
    found = recalibrate(case.model, case.frozen.effects, case.plan, happened(case, sold(case, base=0.8)))
    assert all(0.75 < moved.factor < 0.95 for moved in found.products.values())
    assert abs(found.offers["cut-15"].factor - 1) < 0.1


def test_the_settled_past_sells_what_was_really_sold(case: Running) -> None:
    """The account of the past gives the actuals' units, cell by cell, in every future too."""
    rng = np.random.Generator(np.random.Philox(3))
    actuals = happened(case, sold(case) * rng.uniform(0.5, 1.5, case.grid.shape))
    effects = settled(case.model, case.frozen.effects, case.plan, actuals).effects
    model = build_coefficients(case.grid, effects, case.frozen.baskets)
    units = sold_by(model, case.plan, np).units
    past = np.s_[..., : LAST + 1]
    np.testing.assert_allclose(units[past], actuals.units[past], atol=0.001)
    assert effects.known_periods == LAST + 1
    assert not effects.lift_sd[:, :, : LAST + 1].any()


def test_gains_with_a_cost_of_changes_are_exact(case: Running) -> None:
    """Every single change is worth what evaluation says, its cost among it."""
    costs = 50.0 + np.arange(case.grid.slots) % 7
    freed = np.where(np.arange(len(costs)) % 2, 7.0, 0.0)
    evaluator = ChangeCostEvaluator(case.model, case.problem.limits, case.plan, costs, freed)
    plan = case.plan.copy()
    plan[np.flatnonzero(plan)[0]] = 0
    none, quiet = np.zeros(len(case.problem.limits.bound)), np.zeros(case.grid.shape[1:])
    gains = evaluator.gains(plan, 1.0, none, quiet)
    value = float(evaluator.value(plan[None]).objective[0])
    allowed = case.grid.allowed_flat
    for block in (0, 1):
        table = gains[block] if block == 0 else np.moveaxis(gains[block], 1, 0).reshape(-1, gains[block].shape[-1])
        for row in range(0, len(table), 3):
            slot = case.grid.offsets[block] + row
            for choice in np.flatnonzero(allowed[slot, : table.shape[1]]):
                other = plan.copy()
                other[slot] = choice
                change = float(evaluator.value(other[None]).objective[0]) - value
                assert table[row, choice] == pytest.approx(change, abs=0.01 + 1e-4 * abs(value))


def test_the_past_is_untouched_and_the_whole_passes_the_check(case: Running, tmp_path: Path) -> None:
    """Past and notice hold the plan's lines and no others; `check` proves the folder; twice gives the same bytes."""
    actuals = happened(case, sold(case, lift={"cut-15": 0.3}))
    folders = []
    for number in (1, 2):
        found = again(case, actuals, change_cost=Decimal(0))
        assert found.plan_set is not None
        write_plans(tmp_path / str(number), found.plan_set, found.accounts, found.frozen)
        folders.append(read_plans(tmp_path / str(number)))
    assert folders[0].raw == folders[1].raw
    until = dt.date(2026, 11, 1) + dt.timedelta(days=LAST + 1)
    assert found.flight.locked_until == until
    new = folders[0].plan_set.plans[0].plan_lines

    def early(lines):
        return {(each.date, each.product, each.segment, each.offer) for each in lines if each.date <= until}

    assert early(new) == early(LINES)
    report = check(tmp_path / "1")
    assert report.ok, (report.differences, report.violations)
    assert found.after is not None
    money = report.reports[0].outcome
    assert (found.after.profit, found.after.gained, found.after.spend) == (
        money.profit,
        money.profit_change,
        money.spend,
    ), "replan and check show the same money"
    assert any("changed while it ran" in sentence for sentence in report.unproven)


def test_a_line_after_the_fact_breaks_the_lock(stays: Replanned) -> None:
    """What did not run cannot be put into the past: the rule says so, and no search holds it."""
    grid = build_grid(stays.frozen.scenario)
    from constraints.rules.registry import check_rules

    lines = (*LINES, line(2, "phone", "cut-15"))
    broken = {each.id for each in check_rules(grid, lines) if not each.satisfied}
    assert "in-flight" in broken
    assert "in-flight" not in {each.id for each in check_rules(grid, LINES) if not each.satisfied}


def test_dear_changes_are_made_only_where_they_must(stays: Replanned) -> None:
    """With a cost that no change can earn the plan stays as it is, where it still keeps every limit."""
    assert not stays.before.broken
    assert stays.changes == ()

    def verdict(told: Replanned) -> str:
        return " ".join(row for part in show_replanned(told, title="x") for row in printed(part, 100))

    assert "expected to gain more than its cost: it stays." in verdict(stays)
    anew = replace(stays, printed=("pieces of 1 line that stay are counted anew: 189 -> 193",))
    assert "189 -> 193" in verdict(anew) and "all lines stay, with other pieces (above): export the" in verdict(anew)


def test_changes_gain_more_than_they_cost(case: Running) -> None:
    """The new plan is expected to gain at least the number of changes times their cost."""
    found = again(case, happened(case, sold(case, lift={"cut-15": 0.3})), change_cost=Decimal(5))
    assert found.after is not None
    assert not found.before.broken
    assert found.after.gained - found.before.gained >= 5 * len(found.changes) - 1
    told = " ".join(" ".join(row for part in show_replanned(found, title="x") for row in printed(part, 100)).split())
    more = found.after.spend - found.before.spend
    assert f" of expected profit at {abs(more):,.0f} CNY {'more' if more > 0 else 'less'} spend" in told


def test_a_change_that_gains_nothing_by_itself_says_what_it_is_good_for(case: Running, stays: Replanned) -> None:
    """A line that earned and went is told as room in the budget that would be exceeded with it."""
    learned = stays.recalibration
    space = Workspace(Evaluator(case.model, case.problem.limits), case.problem.rulebook)
    gains = space.gains_everywhere(case.plan, space.no_prices())[np.arange(len(case.plan)), 0]
    new = case.plan.copy()
    new[int(gains.argmin())] = 0
    budget = space.limits.ids.index("total-budget")
    space.bound[budget] = space.score(new).uses[budget] + 0.01
    ledger = Ledger(case.model, case.frozen.effects, draw(case.grid, case.frozen.effects, 1, count=20))
    (change,) = differences(case.problem, space, case.plan, new, ledger.audit(case.plan), learned, lambda: space)
    assert change.gain < 0 and change.reason.startswith("makes room in total-budget")
    space.bound[budget] += 10**6
    product = int(case.grid.product_index[change.before.product])
    space.available[product] = space.score(new).stock[product] + 0.01
    (change,) = differences(case.problem, space, case.plan, new, ledger.audit(case.plan), learned, lambda: space)
    assert change.reason.startswith(f"leaves stock of {change.before.product}")
    space.available[product] = np.inf
    (change,) = differences(case.problem, space, case.plan, new, ledger.audit(case.plan), learned, lambda: space)
    assert change.reason.startswith("goes with the other changes")


def test_a_campaign_that_is_over_has_nothing_to_plan(case: Running) -> None:
    """Actuals of all days are answered with what is left: nothing."""
    over = f"can still change before the end on {case.grid.scenario.horizon.last_day}"
    with pytest.raises(InvalidInput, match=f"rest of the campaign.*{over}"):
        again(case, happened(case, sold(case), last=DAYS - 1))


def test_a_second_replan_weighs_all_days_once(case: Running) -> None:
    """It starts from what was believed before the campaign: days do not count twice, and none is forgotten."""
    units = sold(case, lift={"cut-15": 0.5})
    first = again(case, happened(case, units, last=2), change_cost=Decimal(10**9))
    assert first.plan_set is not None
    actuals = replace(happened(case, units, last=3), grid=build_grid(first.frozen.scenario))
    plan_set = first.plan_set
    second = replan(
        first.frozen, plan_set, plan_set.plans[0], actuals, b"x\n", ReplanParams(change_cost=Decimal(10**9))
    )
    at_once = recalibrate(case.model, case.frozen.effects, case.plan, happened(case, units, last=3))
    assert second.recalibration.used == at_once.used
    one, other = second.recalibration.offers["cut-15"], at_once.offers["cut-15"]
    assert (one.factor, one.low, one.high) == pytest.approx((other.factor, other.low, other.high), rel=1e-6)
    assert second.frozen.flight is not None
    assert second.frozen.flight.known_periods == 4


@pytest.mark.parametrize(("text", "unit", "periods"), [("2", "day", 2), ("2 days", "day", 2), ("1 week", "day", 7),
                                                        ("10 days", "week", 2)])  # fmt: skip
def test_a_notice_is_periods_or_a_length_of_time(text: str, unit: str, periods: int) -> None:
    """Lengths of time are rounded up to whole periods."""
    horizon = Horizon.model_validate({"start": "2026-11-01", "periods": 8, "unit": unit})
    assert periods_of(text, horizon) == periods


@pytest.mark.parametrize("name", ["plan", "plan/../plan", "link"])
def test_the_running_plan_is_never_overwritten(case: Running, tmp_path: Path, name: str) -> None:
    """Its own folder as --out is refused before anything is read, whatever it is called; no byte of it changes."""
    plan_set, accounts = plans_of(case.frozen, [case.plan])
    write_plans(tmp_path / "plan", plan_set, accounts, case.frozen)
    (tmp_path / "link").symlink_to("plan")
    (tmp_path / "actuals.csv").write_text("date,product,segment,units,revenue\n")
    before = {path: path.read_bytes() for path in (tmp_path / "plan").rglob("*") if path.is_file()}
    arguments = ["replan", str(tmp_path / "plan"), str(tmp_path / "actuals.csv"), "--out", f"{tmp_path}/{name}"]
    found = CliRunner().invoke(app, arguments)
    said = " ".join(found.output.split())
    assert found.exit_code == 2, said
    assert "expected another folder than that of the running plan" in said
    assert "choose another --out" in said
    assert {path: path.read_bytes() for path in (tmp_path / "plan").rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("text", ["-1", "soon", "1.5", "2 months", ""])
def test_a_notice_that_says_nothing_is_refused(text: str) -> None:
    """Anything else is answered with what is expected."""
    with pytest.raises(InvalidInput, match="--notice"):
        periods_of(text, Horizon.model_validate({"start": "2026-11-01", "periods": 8}))


def test_a_ceiling_that_is_exceeded_already_leaves_no_room(case: Running) -> None:
    """A budget below what the locked lines use is raised to their use, in words; other limits stay."""
    tight = tuple(
        limit.model_copy(update={"max": Decimal(1)}) if limit.measure == "spend" and limit.max is not None else limit
        for limit in case.frozen.scenario.limits
    )
    frozen = replace(case.frozen, scenario=case.frozen.scenario.model_copy(update={"limits": tight}))
    found = again(replace(case, frozen=frozen), happened(case, sold(case)), change_cost=Decimal(0))
    raised = [limit for limit in found.frozen.scenario.limits if limit.measure == "spend" and limit.max is not None]
    assert raised
    assert all(limit.max > 1 for limit in raised)
    assert any("the rest may add nothing" in sentence for sentence in found.flight.moved)
