"""Conflicts come with a proof, its members and remedies that work; nothing is called infeasible without proof."""

import itertools

import numpy as np
from conflict_case import explained, locked
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_shop import SHOP
from scenario_factory import rng_of, tiny_scenario

from constraints.infeasible.conflict import why_infeasible
from constraints.infeasible.shortfall import broken_rows, measure_uses
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.language.schemas.rule import Locked
from scenarios.response.coefficients import build_coefficients


def test_locked_lines_over_budget_are_proven_and_mended():
    """The budget and the lines that overspend it are named; the raised budget works, and so does dropping the line."""
    lock = locked((3, "phone", "off10"), (4, "case", "poster"))
    budget = {"id": "total-budget", "measure": "spend", "max": 1000}
    found, _ = explained([budget], [lock])
    assert found.proven
    assert found.members[0] == "total-budget"
    assert [member for member in found.members if "poster" in member] == []
    assert any("off10 for phone on 2026-11-03" in member for member in found.members)
    assert found.nearest == ("total-budget: spend 2,400, at most 1,000 allowed",)
    assert found.remedies == (
        "raise total-budget from 1,000 to 2,400",
        "drop the locked line off10 for phone on 2026-11-03 (locked by keep)",
    )
    again, _ = explained([budget | {"max": 2400}], [lock])
    assert not again.proven and not again.members


def test_limits_against_each_other_are_named_and_either_may_give_way():
    """A floor above the ceiling of the same sum is proven without any plan; over other products it is no conflict."""
    budget = {"id": "total-budget", "measure": "spend", "max": 1000}
    floor = {"id": "weekly", "measure": "spend", "min": 2000}
    found, _ = explained([budget, floor])
    assert found.proven
    assert found.members == ("total-budget", "weekly")
    assert found.reasons == (
        "total-budget allows at most 1,000 of spend, and weekly asks for at least 2,000 of the same",
    )
    assert found.remedies == ("raise total-budget from 1,000 to 2,000", "lower weekly from 2,000 to 1,000")
    assert found.evident, "the bounds alone say so, and whether a plan exists after a remedy was not tried"
    ratios = [{"id": name, "measure": "roi", key: value} for name, key, value in (("a", "max", 1), ("b", "min", 2))]
    assert all("of the same" not in reason for reason in explained(ratios)[0].reasons), "without spend both are kept"
    elsewhere, _ = explained([budget, floor | {"where": {"products": ["phone"]}}])
    assert all("of the same" not in reason for reason in elsewhere.reasons)


def test_locked_lines_over_budget_are_proven_under_interactions_too():
    """With fatigue, theft, dips and halo at work the proof still stands where the overspending is plain."""
    found, _ = explained(
        [{"id": "b", "measure": "spend", "max": 300}],
        [locked(*((day, "phone", "off30") for day in range(2, 10)))],
        response={"fatigue": 0.3, "cannibalisation": 0.2, "halo": 0.05},
    )
    assert found.proven and "b" in found.members


def test_a_margin_floor_out_of_reach_is_proven():
    """No line raises the margin rate above that of the regular prices, so a higher floor is refuted by itself."""
    found, model = explained([{"id": "margin", "measure": "margin_rate", "min": "60%"}])
    assert found.proven and found.members == ("margin",) and "misses margin" in found.reasons[0]
    assert found.remedies[0].startswith("lower margin from 60% to ")
    floor = found.remedies[0].rsplit(" ", 1)[1]
    again, _ = explained([{"id": "margin", "measure": "margin_rate", "min": floor}])
    assert not again.members
    assert model.grid.shape == (2, 3, 8)


def test_too_much_activity_asked_for_is_proven_with_the_rule_that_stands_against_it():
    """Contacts asked for while a blackout excludes all targeted lines: limit and blackout are both members."""
    ask = {"id": "busy", "measure": "contacts", "min": 100}
    free, _ = explained([ask])
    assert not free.proven
    found, _ = explained([ask], [{"id": "quiet", "rule": "blackout", "where": {"layer": "targeted"}}])
    assert found.proven and found.members == ("busy", "quiet")


def test_two_limits_that_do_not_go_together_are_proven_together():
    """Units that only discounts bring, and a budget that buys too few of them: neither alone, both together."""
    units = {"id": "volume", "measure": "units", "min": 600}
    budget = {"id": "cap", "measure": "gross_spend", "max": 10}
    narrow = {"offers": [offer for offer in SHOP["offers"] if offer["id"] in ("off10", "off30")]}
    assert not explained([units], **narrow)[0].proven
    found, _ = explained([units, budget], **narrow)
    assert found.proven and set(found.members) == {"volume", "cap"}


def test_stock_that_locked_lines_oversell_is_proven():
    """A locked line sells more than is there: the stock is named and the missing units are counted."""
    products = [SHOP["products"][0] | {"stock": 170}, *SHOP["products"][1:]]
    found, _ = explained(rules=[locked((2, "phone", "off10"), (3, "phone", "off10"))], products=products)
    assert found.proven and found.members[0] == "stock:phone"
    assert found.remedies[0] == "have 10 more units of phone by 2026-11-09"


def test_contradictory_rules_name_each_other():
    """A locked line in a blackout, too many locked lines at once, and a gap that cannot be closed."""
    dark = {"id": "dark", "rule": "blackout", "where": {"products": ["phone"]}}
    found, _ = explained(rules=[locked((3, "phone", "off10")), dark])
    assert found.proven and found.members == ("keep", "dark") and "excluded by dark" in found.reasons[0]
    few = {"id": "few", "rule": "max_concurrent", "max": 1}
    found, _ = explained(rules=[locked((3, "phone", "off10"), (3, "case", "off10")), few])
    assert found.proven and set(found.members) == {"keep", "few"}
    calm = {"id": "calm", "rule": "min_gap", "periods": 3}
    short = {"id": "short", "rule": "max_run", "periods": 2}
    idle = {"id": "idle", "rule": "max_concurrent", "max": 9}
    lock = locked((3, "phone", "off10"), (5, "phone", "off10"))
    assert not explained(rules=[lock, calm, idle])[0].proven
    found, _ = explained(rules=[lock, calm, idle, short])
    assert found.proven and set(found.members) == {"keep", "calm", "short"}


@settings(derandomize=True, deadline=None, max_examples=8)
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
