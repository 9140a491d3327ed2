"""Conflicts come with a proof, its members and remedies that work; nothing is called infeasible without proof."""

import itertools
from dataclasses import replace
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_shop import SHOP, line
from scenario_factory import rng_of, tiny_scenario

from constraints.infeasible.clash import Conflict
from constraints.infeasible.conflict import why_infeasible
from constraints.infeasible.shortfall import broken_rows, measure_uses
from constraints.ledger import Ledger
from constraints.limits.amounts import amount
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.rule_schema import Locked
from scenarios.language.schema import Limit, Scenario
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects

CALM = {"fatigue": 0.0, "pull_forward": {"share": 0.0, "periods": 1}, "cannibalisation": 0.0, "halo": 0.0}


def _effects(scenario: Scenario, lift: float = 0.5) -> Effects:
    grid = build_grid(scenario)
    s, k, t = grid.shape
    offers = scenario.offers
    here = np.ones((s, k + 1, t, len(offers)))
    for number, offer in enumerate(offers):
        here[:, slice(0, k) if offer.mechanic.is_basket else slice(k, k + 1), :, number] = 0.0
    public = np.array([1.0 if offer.layer.value == "public" else 0.3 for offer in offers])
    return Effects(
        base_units=np.full((1, s, k, t), 10.0),
        base_cv=np.zeros((s, k)),
        lift=lift * here[None],
        lift_sd=np.zeros(here.shape),
        take_up=here * public,
        take_up_cv=np.zeros(here.shape),
        evidence=("assumed",) * len(offers),
        source="made up",
    )


def _explain(limits=(), rules=(), **changes) -> tuple[Conflict, Coefficients]:
    document = SHOP | {"limits": list(limits), "rules": list(rules), "response": CALM} | changes
    scenario = Scenario.model_validate(document)
    model = build_coefficients(build_grid(scenario), _effects(scenario), None)
    found = build_limits(model)
    return why_infeasible(model, found, build_rulebook(model.grid, model.economics)), model


def _judge(model: Coefficients) -> Ledger:
    effects = _effects(model.grid.scenario)
    return Ledger(model, effects, draw(model.grid, effects, 1, count=20))


def _locked(*shorts, rule="keep"):
    return {"id": rule, "rule": "locked", "lines": [line(short).model_dump() for short in shorts]}


def test_locked_lines_over_budget_are_proven_and_mended():
    """The budget and the lines that overspend it are named; the raised budget works, and so does dropping the line."""
    lock = _locked((3, "phone", "off10"), (4, "case", "poster"))
    budget = {"id": "total-budget", "measure": "spend", "max": 1000}
    found, _ = _explain([budget], [lock])
    assert found.proven
    assert found.members[0] == "total-budget"
    assert [member for member in found.members if "poster" in member] == []
    assert any("off10 for phone on 2026-11-03" in member for member in found.members)
    assert found.nearest == ("total-budget: spend 2,400, at most 1,000 allowed",)
    assert found.remedies == (
        "raise total-budget from 1,000 to 2,400",
        "drop the locked line off10 for phone on 2026-11-03 (locked by keep)",
    )
    again, _ = _explain([budget | {"max": 2400}], [lock])
    assert not again.proven and not again.members


def test_limits_against_each_other_are_named_and_either_may_give_way():
    """A floor above the ceiling of the same sum is proven without any plan; over other products it is no conflict."""
    budget = {"id": "total-budget", "measure": "spend", "max": 1000}
    floor = {"id": "weekly", "measure": "spend", "min": 2000}
    found, _ = _explain([budget, floor])
    assert found.proven
    assert found.members == ("total-budget", "weekly")
    assert found.reasons == (
        "total-budget allows at most 1,000 of spend, and weekly asks for at least 2,000 of the same",
    )
    assert found.remedies == ("raise total-budget from 1,000 to 2,000", "lower weekly from 2,000 to 1,000")
    assert found.evident, "the bounds alone say so, and whether a plan exists after a remedy was not tried"
    ratios = [{"id": name, "measure": "roi", key: value} for name, key, value in (("a", "max", 1), ("b", "min", 2))]
    assert all("of the same" not in reason for reason in _explain(ratios)[0].reasons), "without spend both are kept"
    elsewhere, _ = _explain([budget, floor | {"where": {"products": ["phone"]}}])
    assert all("of the same" not in reason for reason in elsewhere.reasons)


def test_a_limit_that_only_the_futures_break_is_named():
    """Expected use fits, use at risk does not: nothing is proven, but limit, use at risk and remedies are said."""
    document = SHOP | {
        "limits": [{"id": "total-budget", "measure": "spend", "max": 2500, "at_risk": "95%"}],
        "rules": [_locked((3, "phone", "off10"), (4, "case", "poster"))],
        "response": CALM,
    }
    scenario = Scenario.model_validate(document)
    effects = _effects(scenario)
    effects = replace(effects, base_cv=effects.base_cv + 0.3)
    model = build_coefficients(build_grid(scenario), effects, None)
    limits, book = build_limits(model), build_rulebook(model.grid, model.economics)
    plan = book.locked_plan()
    report = Ledger(model, effects, draw(model.grid, effects, 1, count=200)).audit(plan)
    assert not why_infeasible(model, limits, book, plan).members
    found = why_infeasible(model, limits, book, plan, report.limits)
    risky = report.limits[0].used_at_risk
    assert not found.proven and found.members == ("total-budget",)
    assert found.nearest == (f"total-budget: spend {risky:,.2f}, at most 2,500 allowed, 95% sure",)
    assert found.remedies == (
        f"raise total-budget from 2,500 to {risky:,.2f}",
        "drop the locked line off10 for phone on 2026-11-03 (locked by keep)",
    )


def test_locked_lines_over_budget_are_proven_under_interactions_too():
    """With fatigue, theft, dips and halo at work the proof still stands where the overspending is plain."""
    found, _ = _explain(
        [{"id": "b", "measure": "spend", "max": 300}],
        [_locked(*((day, "phone", "off30") for day in range(2, 10)))],
        response={"fatigue": 0.3, "cannibalisation": 0.2, "halo": 0.05},
    )
    assert found.proven and "b" in found.members


def test_a_margin_floor_out_of_reach_is_proven():
    """No line raises the margin rate above that of the regular prices, so a higher floor is refuted by itself."""
    found, model = _explain([{"id": "margin", "measure": "margin_rate", "min": "60%"}])
    assert found.proven and found.members == ("margin",) and "misses margin" in found.reasons[0]
    assert found.remedies[0].startswith("lower margin from 60% to ")
    floor = found.remedies[0].rsplit(" ", 1)[1]
    again, _ = _explain([{"id": "margin", "measure": "margin_rate", "min": floor}])
    assert not again.members
    assert model.grid.shape == (2, 3, 8)


def test_too_much_activity_asked_for_is_proven_with_the_rule_that_stands_against_it():
    """Contacts asked for while a blackout excludes all targeted lines: limit and blackout are both members."""
    ask = {"id": "busy", "measure": "contacts", "min": 100}
    free, _ = _explain([ask])
    assert not free.proven
    found, _ = _explain([ask], [{"id": "quiet", "rule": "blackout", "where": {"layer": "targeted"}}])
    assert found.proven and found.members == ("busy", "quiet")


def test_two_limits_that_do_not_go_together_are_proven_together():
    """Units that only discounts bring, and a budget that buys too few of them: neither alone, both together."""
    units = {"id": "volume", "measure": "units", "min": 600}
    budget = {"id": "cap", "measure": "gross_spend", "max": 10}
    narrow = {"offers": [offer for offer in SHOP["offers"] if offer["id"] in ("off10", "off30")]}
    assert not _explain([units], **narrow)[0].proven
    found, _ = _explain([units, budget], **narrow)
    assert found.proven and set(found.members) == {"volume", "cap"}


def test_stock_that_locked_lines_oversell_is_proven():
    """A locked line sells more than is there: the stock is named and the missing units are counted."""
    products = [SHOP["products"][0] | {"stock": 170}, *SHOP["products"][1:]]
    found, _ = _explain(rules=[_locked((2, "phone", "off10"), (3, "phone", "off10"))], products=products)
    assert found.proven and found.members[0] == "stock:phone"
    assert found.remedies[0] == "have 10 more units of phone by 2026-11-09"


def test_contradictory_rules_name_each_other():
    """A locked line in a blackout, too many locked lines at once, and a gap that cannot be closed."""
    dark = {"id": "dark", "rule": "blackout", "where": {"products": ["phone"]}}
    found, _ = _explain(rules=[_locked((3, "phone", "off10")), dark])
    assert found.proven and found.members == ("keep", "dark") and "excluded by dark" in found.reasons[0]
    few = {"id": "few", "rule": "max_concurrent", "max": 1}
    found, _ = _explain(rules=[_locked((3, "phone", "off10"), (3, "case", "off10")), few])
    assert found.proven and set(found.members) == {"keep", "few"}
    calm = {"id": "calm", "rule": "min_gap", "periods": 3}
    short = {"id": "short", "rule": "max_run", "periods": 2}
    idle = {"id": "idle", "rule": "max_concurrent", "max": 9}
    lock = _locked((3, "phone", "off10"), (5, "phone", "off10"))
    assert not _explain(rules=[lock, calm, idle])[0].proven
    found, _ = _explain(rules=[lock, calm, idle, short])
    assert found.proven and set(found.members) == {"keep", "calm", "short"}


def test_without_proof_the_nearest_plan_speaks():
    """Limits that single bounds and sums cannot refute are reported as none found, with what is still broken."""
    found, _ = _explain(
        [{"id": "many", "measure": "contacts", "min": 1000}, {"id": "cap", "measure": "spend", "max": 1}]
    )
    assert not found.proven
    assert found.members == ("many",) and found.reasons == ()
    assert found.nearest == ("many: contacts 0, at least 1,000 asked for",)


@settings(derandomize=True, deadline=None, max_examples=15)
@given(st.integers(0, 2**31))
def test_what_is_proven_is_true(seed):
    """Full enumeration of tiny scenarios with tight random limits and locks: a proof never meets a feasible plan."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(
        rng, segments=1, products=2, periods=2, public_offers=1, targeted_offers=1, baskets=False, members=1
    )
    grid = build_grid(scenario)
    rules = list(scenario.rules)
    busy = [n for n in range(grid.slots) if grid.allowed_flat[n, 1:].any()]
    if rng.random() < 0.6 and busy:
        plan = grid.empty()
        for slot in rng.choice(busy, size=min(2, len(busy)), replace=False):
            plan[slot] = np.flatnonzero(grid.allowed_flat[slot])[1]
        rules.append(Locked(id="keep", rule="locked", lines=grid.lines(plan)))
    limits = [
        Limit(id="cap", measure="spend", max=round(float(rng.uniform(0, 60)), 2)),
        Limit(id="volume", measure="units", min=round(float(rng.uniform(0, 150)), 2)),
        Limit(id="rate", measure="margin_rate", min=round(float(rng.uniform(0.3, 0.9)), 3)),
    ]
    document = scenario.model_copy(update={"rules": tuple(rules), "limits": tuple(limits)})
    model = build_coefficients(build_grid(document), effects, baskets)
    rows = build_limits(model)
    book = build_rulebook(model.grid, model.economics)
    found = why_infeasible(model, rows, book)
    if not found.proven:
        return
    options = [np.flatnonzero(row) for row in book.base]
    for choice in itertools.product(*options):
        plan = np.array(choice, dtype=np.int8)
        if book.violations(plan) == 0:
            assert broken_rows(model, rows, measure_uses(model, rows, plan))


def test_what_the_nearest_plan_uses_is_what_the_ledger_states():
    """Float sums rounded up stand a cent beside the ledger, which rounds every cell: its figure is told."""
    limits = ({"id": "cap", "measure": "spend", "max": "0.001"},)
    scenario = Scenario.model_validate(
        SHOP | {"limits": limits, "rules": [_locked((3, "phone", "off10"), (4, "case", "poster"))]}
    )
    effects = _effects(scenario, lift=1 / 3)
    model = build_coefficients(build_grid(scenario), effects, None)
    book = build_rulebook(model.grid, model.economics)
    plan = book.locked_plan()
    (stated,) = (each for each in Ledger(model, effects, draw(model.grid, effects, 1)).audit(plan).limits[:1])
    for used in (stated.used, stated.used - Decimal("0.01")):
        told = why_infeasible(model, build_limits(model), book, plan, (replace(stated, used=used),)).nearest
        assert told == (f"cap: spend {used:,}, at most 0.001 allowed",)


def test_numbers_are_written_as_people_do_and_rounded_to_the_safe_side():
    """Money to the cent, counts whole, rates in percent; up for a maximum and down for a minimum."""
    assert amount("spend", 841200.0) == "841,200" and amount("spend", 12.341) == "12.35"
    assert amount("spend", 12.349, up=False) == "12.34" and amount("units", 10.2) == "11"
    assert amount("margin_rate", 0.08) == "8%" and amount("margin_rate", 0.0523456, up=False) == "5.23%"


def test_a_limit_broken_in_many_windows_is_told_once_and_moved_once():
    """Two days of one budget: one conflict that names both days, and one bound, which is enough for the dearer day."""
    lock = _locked((3, "phone", "off10"), (5, "tablet", "off10"))
    budget = {"id": "daily", "measure": "spend", "max": 1000, "each": "period"}
    found, _ = _explain([budget], [lock])
    assert found.proven and len(found.clashes) == 2, "each day needs its own locked line"
    assert {clash.members[0] for clash in found.clashes} == {"daily"}
    assert len({clash.members for clash in found.clashes}) == 2
    assert found.remedies[0] == "raise daily from 1,000 to 2,400"
    floor = {"id": "rate", "measure": "margin_rate", "min": "90%", "each": "period"}
    low, _ = _explain([floor])
    (clash,) = low.clashes
    assert clash.members == ("rate",) and low.members == ("rate",)
    assert clash.reason == "every plan misses rate in 2026-11-02, 2026-11-03, 2026-11-04 and 5 more"
    (way,) = low.ways
    (change,) = way.changes
    again, _ = _explain([floor | {"min": change.after}])
    assert not again.proven and not again.members


NOTHING_SPENT = {"id": "dear", "measure": "revenue", "max": "100%", "share_of": {"measure": "gross_spend"}}


def test_no_bound_is_offered_where_a_ratio_has_nothing_to_divide_by():
    """A share of no spend is no number: the part and what is missing are told, no bound that mends nothing."""
    windows = NOTHING_SPENT | {"window": "2 days"}
    found, model = _explain([windows])
    assert found.proven and found.members == ("dear",) and len(found.clashes) == 1
    assert found.ways == ()
    revenue = 2 * 2 * 10 * (1000 + 500 + 20) / 1.25
    told = f"dear: revenue {revenue:,.0f} in 2026-11-02..2026-11-03 and no gross_spend to divide it by"
    assert found.nearest == (f"{told}, at most 100% allowed",)
    limits = build_limits(model)
    empty = model.grid.empty()
    verdicts = _judge(model).audit(empty).limits
    assert why_infeasible(model, limits, build_rulebook(model.grid, model.economics), empty, verdicts).nearest == (
        f"{told}, at most 100% allowed",
    )


def test_a_ratio_moves_to_what_its_furthest_row_needs():
    """The row that lies furthest beyond in money is not the one that needs the furthest bound."""
    lock = _locked((3, "tablet", "off10"), (5, "phone", "voucher", "young", 0.5))
    share = {"id": "per-use", "measure": "discount", "max": 10, "each": "period", "share_of": {"measure": "uses"}}
    found, _ = _explain([share], [lock])
    (way,) = (way for way in found.ways if way.changes[0].kind == "bound")
    assert way.changes[0].after == 160, "20% of 800 net of tax; the tablet's 40 a use is the larger sum"


def test_a_past_that_is_kept_empty_is_part_of_a_proof_that_needs_it():
    """Units that only lines in the past would sell are missing because of it; a shorter past is not named."""
    past = {"id": "past", "rule": "locked", "lines": [], "until": "2026-11-09"}
    floor = {"id": "floor", "measure": "units", "min": 500}
    found, _ = _explain([floor], [past])
    assert found.proven and found.members == ("floor", "past")
    assert found.reasons == ("every plan falls short of floor, given past; none comes to more than 480",)
    assert not _explain([floor], [past | {"until": "2026-11-03"}])[0].proven
    far = floor | {"min": 100_000}
    assert _explain([far], [past])[0].members == ("floor",), "no line anywhere would sell as much"
