"""How a conflict is told: futures, the nearest plan, figures as the ledger states them, rounded to the safe side."""

from dataclasses import replace
from decimal import Decimal

from conflict_case import CALM, alike_effects, explained, locked
from rule_shop import SHOP

from constraints.infeasible.conflict import why_infeasible
from constraints.ledger import Ledger
from constraints.limits.amounts import amount
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.response.coefficients import build_coefficients


def test_a_limit_that_only_the_futures_break_is_named():
    """Expected use fits, use at risk does not: nothing is proven, but limit, use at risk and remedies are said."""
    document = SHOP | {
        "limits": [{"id": "total-budget", "measure": "spend", "max": 2500, "at_risk": "95%"}],
        "rules": [locked((3, "phone", "off10"), (4, "case", "poster"))],
        "response": CALM,
    }
    scenario = Scenario.model_validate(document)
    effects = alike_effects(scenario)
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


def test_without_proof_the_nearest_plan_speaks():
    """Limits that single bounds and sums cannot refute are reported as none found, with what is still broken."""
    found, _ = explained(
        [{"id": "many", "measure": "contacts", "min": 1000}, {"id": "cap", "measure": "spend", "max": 1}]
    )
    assert not found.proven
    assert found.members == ("many",) and found.reasons == ()
    assert found.nearest == ("many: contacts 0, at least 1,000 asked for",)


def test_what_the_nearest_plan_uses_is_what_the_ledger_states():
    """Float sums rounded up stand a cent beside the ledger, which rounds every cell: its figure is told."""
    limits = ({"id": "cap", "measure": "spend", "max": "0.001"},)
    scenario = Scenario.model_validate(
        SHOP | {"limits": limits, "rules": [locked((3, "phone", "off10"), (4, "case", "poster"))]}
    )
    effects = alike_effects(scenario, lift=1 / 3)
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
