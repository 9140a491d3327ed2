"""The ledger: exact verdicts on limits, stock and rules, in agreement with sums made by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from constraints.ledger import Ledger
from constraints.limits import verdicts
from constraints.limits.book import build_limits
from constraints.limits.entries import limit_entries
from constraints.remembered import OfLastPlans
from scenarios.futures.draws import draw
from scenarios.grid import LineError, build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Limit
from scenarios.language.scope import Scope
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import evaluate, sold_by


def _ledger(seed: int, limits: tuple[Limit, ...] | None = None, **options):
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, **options)
    if limits is not None:
        scenario = scenario.model_copy(update={"limits": limits})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    scores = np.where(model.grid.allowed_flat, rng.random(model.grid.allowed_flat.shape), -1.0)
    plan = np.where(rng.random(model.grid.slots) < 0.5, scores.argmax(axis=1), 0).astype(np.int8)
    return Ledger(model, effects, draw(model.grid, effects, seed, count=200)), plan


@settings(derandomize=True, deadline=None, max_examples=12)
@given(st.integers(0, 10**6))
def test_the_ledger_agrees_with_the_compiled_limits(seed):
    """Ids are the same, and uses differ by the rounding of cells at most."""
    ledger, plan = _ledger(seed)
    compiled = build_limits(ledger.model)
    assert tuple(entry.id for entry in limit_entries(ledger.grid)) == tuple(compiled.rows_of)
    report = ledger.audit(plan)
    amounts = 8 * ledger.model.base_units.size + 10 * len(report.account.rows.line) + 10
    for result in report.limits[: len(compiled.rows_of)]:
        if result.ratio:
            continue
        rows, sign = compiled.rows_of[result.id], 1 if result.sense == "max" else -1
        exact = [float(evaluate(compiled.functionals[row], ledger.model, plan, np)) for row in rows]
        worst = sign * (sign * (np.array(exact) + compiled.past[rows])).max()
        assert float(result.used) == pytest.approx(worst, abs=0.005 * amounts)


@pytest.mark.parametrize("seed", range(6))
def test_a_verdict_alone_is_that_of_the_audit(seed):
    """Limits, at risk too, rules and refused lines are the same, whether or not what the plan earns is asked for."""
    ledger, plan = _ledger(seed)
    judged, audited = ledger.verdict(plan), Ledger(ledger.model, ledger.effects, ledger.draws).audit(plan)
    assert judged.limits and judged.limits == audited.limits
    assert (judged.rules, judged.refused) == (audited.rules, audited.refused)


def test_where_nothing_is_at_risk_a_verdict_asks_for_no_futures(monkeypatch):
    """Why no plan keeps everything is told from thousands of verdicts."""
    monkeypatch.setattr("constraints.ledger.outcomes", lambda *_: pytest.fail("futures were drawn"))
    ledger, plan = _ledger(21, limits=(Limit(id="budget", measure="spend", max=1),))
    assert not ledger.judges_futures
    assert [limit.id for limit in ledger.verdict(plan).limits if not limit.ok]


def test_a_cent_over_the_budget_is_over():
    """A budget of exactly what is spent holds; one cent less is broken, by that cent."""
    ledger, plan = _ledger(21, limits=(), stock=False)
    spent = ledger.audit(plan).outcome.spend
    for bound, ok in ((spent, True), (spent - Decimal("0.01"), False)):
        limit = Limit(id="budget", measure="spend", max=bound)
        scenario = ledger.grid.scenario.model_copy(update={"limits": (limit,)})
        model = replace(ledger.model, grid=replace(ledger.grid, scenario=scenario))
        result = Ledger(model, ledger.effects, ledger.draws).audit(plan).limits[0]
        assert result.ok is ok
        assert result.headroom == bound - spent
        assert result.binding


@pytest.mark.parametrize(
    ("sense", "used", "risky", "binds"),
    [
        ("max", "98.9", None, False),
        ("max", "99.1", None, True),
        ("max", "90", "99.5", True),
        ("min", "101.1", None, False),
        ("min", "100.9", None, True),
        ("min", "120", "100.5", True),
    ],
)
def test_a_limit_with_less_than_one_percent_left_binds(sense, used, risky, binds):
    """What is left counts by the use that decides: at risk, where that is the harder one."""
    at_risk = None if risky is None else Decimal(risky)
    share = {"id": "l", "measure": "spend", "scope": {}, "at_risk": 0.95 if risky else None, "at": None}
    found = verdicts.result(limit=Decimal(100), used=Decimal(used), used_at_risk=at_risk, sense=sense, ok=True, **share)
    assert found.binding is binds and found.ok


@pytest.mark.parametrize("sense", ["max", "min"])
def test_a_bound_that_is_met_exactly_leaves_a_plain_nothing(sense):
    """In a finance report "-0" reads like a break."""
    limit, named = Decimal(2), {"id": "l", "measure": "lines", "scope": {}, "at_risk": None, "at": None}
    found = verdicts.result(limit=limit, used=limit, used_at_risk=None, sense=sense, ok=True, **named)
    assert str(found.headroom) == "0"


def test_limits_at_risk_are_stricter():
    """A bound at the expected spend is broken at 95% risk where spend scatters; the use at risk says by how much."""
    ledger, plan = _ledger(21, limits=(), stock=False)
    spent = ledger.audit(plan).outcome.spend
    limit = Limit(id="budget", measure="spend", max=spent, at_risk="95%")
    scenario = ledger.grid.scenario.model_copy(update={"limits": (limit,)})
    model = replace(ledger.model, grid=replace(ledger.grid, scenario=scenario))
    report = Ledger(model, ledger.effects, ledger.draws).audit(plan)
    result = report.limits[0]
    assert result.used == spent
    assert result.used_at_risk is not None
    assert result.used_at_risk >= report.outcome.quantiles["spend"].p95 > spent
    assert not result.ok
    assert result.headroom == spent - result.used_at_risk


def test_stock_counts_all_segments_and_layers_through_time():
    """Stock is judged at its tightest moment, in thousandths of a unit."""
    for seed in range(30):
        ledger, plan = _ledger(seed, stock=True, limits=())
        report = ledger.audit(plan)
        result = next(limit for limit in report.limits if limit.id.startswith("stock:"))
        k = ledger.grid.product_index[result.id.removeprefix("stock:")]
        sold = report.account.cells.units[:, k].sum(axis=0).cumsum()
        there = np.round(ledger.model.available[k] * 1000).astype(int)
        assert result.headroom == Decimal(int((there - sold).min())).scaleb(-3)
        assert result.ok == bool((sold <= there).all())


def test_service_looks_at_the_futures():
    """With a service level, stock must be enough in that share of the futures."""
    rng = rng_of(2)
    scenario, effects, baskets = tiny_scenario(rng, stock=True, limits=False)
    scenario = scenario.model_copy(update={"risk": scenario.risk.model_copy(update={"service": 0.95})})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    ledger = Ledger(model, effects, draw(model.grid, effects, 1))
    result = next(x for x in ledger.audit(model.grid.empty()).limits if x.id.startswith("stock:"))
    assert result.at_risk == 0.95
    assert result.used_at_risk is not None
    assert result.ok


def test_stock_that_is_just_enough_as_expected_is_no_service():
    """What expected sales just leave runs out in about every second future: kept without a service level, not with."""
    scenario, effects, baskets = tiny_scenario(rng_of(3), stock=False, limits=False, rules=False)
    free = build_coefficients(build_grid(scenario), effects, baskets)
    wide = free.grid.allowed_flat.copy()
    wide[:, 0] &= ~wide[:, 1:].any(axis=1)
    plan = wide.argmax(axis=1).astype(np.int8)
    sold = sold_by(free, plan, np).units.sum(axis=(0, 2))
    first = scenario.products[0].model_copy(update={"stock": int(1.002 * sold[0]) + 1})
    for service, enough in ((None, True), (0.95, False), (0.8, False)):
        risk = scenario.risk.model_copy(update={"service": service})
        asked = scenario.model_copy(update={"products": (first, *scenario.products[1:]), "risk": risk})
        model = build_coefficients(build_grid(asked), effects, baskets)
        report = Ledger(model, effects, draw(model.grid, effects, 1)).audit(plan)
        found = next(each for each in report.limits if each.id == f"stock:{first.id}")
        assert found.ok is enough and found.used <= found.limit
        assert service is None or found.used_at_risk > found.limit


def test_a_plan_that_breaks_a_rule_is_told_where():
    """Violations are sentences that name the line."""
    rng = rng_of(1)
    scenario, effects, baskets = tiny_scenario(rng, rules=False, limits=False, stock=False)
    data = scenario.model_dump(mode="json", by_alias=True)
    data["rules"] = [{"id": "quiet", "rule": "blackout"}]
    scenario = type(scenario).model_validate(data)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    ledger = Ledger(model, effects, draw(model.grid, effects, 1))
    plan = model.grid.empty()
    plan[int(np.flatnonzero(model.grid.allowed_flat[:, 1])[0])] = 1
    report = ledger.audit(plan)
    line = report.account.lines[0]
    broken = next(rule for rule in report.rules if rule.id == "quiet")
    assert not broken.satisfied
    assert not report.ok
    assert line.offer in broken.violations[0]
    assert ledger.audit(model.grid.empty()).rules[0].satisfied


def test_lines_outside_applies_to_are_refused():
    """A choice that the offer does not apply to is named, though the account is kept."""
    for seed in range(40):
        ledger, plan = _ledger(seed)
        closed = np.argwhere(~ledger.grid.allowed_flat)
        widths = ledger.grid.widths
        closed = [(s, c) for s, c in closed if c < widths[ledger.grid.slot(int(s)).block]]
        if closed:
            slot, choice = closed[0]
            plan[slot] = choice
            assert any("does not apply" in text for text in ledger.audit(plan).refused)
            return
    pytest.fail("no scenario with a closed choice")


def test_people_s_lines_are_read_strictly():
    """Unknown offers and repeated places are refused by name."""
    ledger, plan = _ledger(3)
    lines = ledger.grid.lines(plan)
    assert np.array_equal(ledger.grid.plan_of(lines), plan)
    with pytest.raises(LineError, match="two lines"):
        ledger.grid.plan_of((*lines, lines[0]))
    stranger = PlanLine(date=lines[0].date, product=lines[0].product, segment=lines[0].segment, offer="nobody")
    with pytest.raises(LineError, match="nobody"):
        ledger.grid.plan_of((stranger,))


def test_scopes_are_reported_as_they_were_written():
    """The scope of a limit is plain data with the keys that were given."""
    where = Scope.model_validate({"mechanics": ["coupon"], "periods": ["2026-11-02..2026-11-03"]})
    ledger, plan = _ledger(3, limits=(Limit(id="some", measure="spend", max=Decimal(5), where=where),))
    assert ledger.audit(plan).limits[0].scope == {"mechanics": ["coupon"], "periods": ["2026-11-02..2026-11-03"]}


@pytest.mark.parametrize("plans", [1, 2])
def test_what_is_remembered_of_plans_is_theirs(plans: int):
    """Audits after verdicts on this plan, on another one and on this one again are those of a new ledger."""
    ledger, plan = _ledger(3)
    ledger = Ledger(ledger.model, ledger.effects, ledger.draws, plans=plans)
    other = ledger.grid.empty()
    fresh = {number: _ledger(3)[0].audit(each) for number, each in enumerate((plan, other))}
    assert fresh[0].objective != fresh[1].objective
    for number in (0, 1, 1, 0):
        ledger.verdict((plan, other)[number])
        found = ledger.audit((plan, other)[number])
        assert (found.objective, found.limits) == (fresh[number].objective, fresh[number].limits)


def test_so_many_plans_as_are_asked_about_in_turn_are_computed_once():
    """Two answers are remembered, those asked for last."""
    asked: list[int] = []

    def counted(plan: np.ndarray) -> int:
        asked.append(int(plan[0]))
        return asked[-1]

    remembered = OfLastPlans(counted, 2)
    assert [remembered(np.array([number], dtype=np.int8)) for number in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert asked == [1, 2, 3, 2]
