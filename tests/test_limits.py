"""Limits are read off a scenario with the right measure, scope, sense and implied rows."""

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits, contact_rule, scope_text
from scenarios.grid import build_grid
from scenarios.language.schema import ContactCap, Limit, Scenario
from scenarios.language.scope import Scope
from scenarios.language.words import Unit
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import evaluate


def _model(seed=1, **changes):
    scenario, effects, baskets = tiny_scenario(rng_of(seed), baskets=True, stock=True)
    document = scenario.model_dump(by_alias=True) | changes
    return build_coefficients(build_grid(Scenario.model_validate(document)), effects, baskets)


def test_written_limits_come_first_and_implied_ones_cannot_collide():
    """Rows stand in the scenario's order, then vendor funds, then gifts; implied ids hold a colon."""
    limits = build_limits(_model(limits=[Limit(id="v0", measure="spend", max=5)]))
    assert limits.ids[:2] == ("v0", "fund:v0")
    assert all(":" in id_ for id_ in limits.ids[1:])
    assert limits.records[1].measure == "vendor_funding" and limits.records[1].origin == "fund"


def test_a_fund_counts_only_what_that_vendor_pays():
    """The fund row sums funding of lines that this vendor funds."""
    for seed in range(20):
        model = _model(seed)
        limits = build_limits(model)
        row = limits.ids.index("fund:v0")
        offers = model.grid.scenario.offers
        plan = model.grid.empty()
        for n in range(model.grid.slots):
            slot = model.grid.slot(n)
            for c in range(1, model.grid.widths[slot.block]):
                offer = offers[model.grid.choices[slot.block][c - 1].offer]
                supplier = None if slot.product is None else model.grid.products[slot.product].vendor
                if model.grid.allowed_flat[n, c] and offer.terms_on(supplier).payer != "v0":
                    plan[n] = c
        assert offers and evaluate(limits.functionals[row], model, plan, np) == pytest.approx(0.0, abs=1e-9)


def test_senses_and_bounds():
    """A max row has sign +1, a min row -1; excess is positive exactly where the row is broken."""
    limits = build_limits(
        _model(limits=[Limit(id="a", measure="spend", max=5), Limit(id="b", measure="units", min=7, at_risk=0.9)])
    )
    assert limits.sign[:2].tolist() == [1, -1] and limits.bound[:2].tolist() == [5, 7]
    assert np.isnan(limits.at_risk[0]) and limits.at_risk[1] == 0.9
    uses = np.zeros(len(limits.ids))
    uses[:2] = 6
    assert limits.excess(uses)[:2].tolist() == [1, 1]


def test_margin_rate_is_a_row_that_crosses_zero_at_the_rate():
    """The row margin - rate * revenue is 0 exactly where the rate is met, and keeps its parts for reports."""
    model = _model()
    probe = build_limits(_model(limits=[Limit(id="m", measure="margin_rate", min="5%")]))
    parts = probe.rate_parts[0]
    assert parts is not None
    margin, revenue = (float(evaluate(part, model, model.grid.empty(), np)) for part in parts)
    rate = round(margin / revenue, 4)
    limits = build_limits(_model(limits=[Limit(id="m", measure="margin_rate", min=str(rate))]))
    value = float(evaluate(limits.functionals[0], model, model.grid.empty(), np))
    assert value == pytest.approx(margin - rate * revenue) and limits.bound[0] == 0 and limits.rate[0] == rate
    assert limits.scale[0] == pytest.approx(0.01 * revenue)


def test_stock_and_contacts_stand_beside_the_scalar_rows():
    """Stocked products are listed; a contact cap becomes a window of periods that is never too short."""
    model = _model()
    limits = build_limits(model)
    assert len(limits.stock_products) == 1
    assert limits.stock_ids[limits.stock_products[0]] == f"stock:k{limits.stock_products[0]}"
    channel = model.grid.scenario.channels[0]
    for unit, days, window in ((Unit.DAY, 7, 7), (Unit.WEEK, 7, 1), (Unit.WEEK, 8, 2), (Unit.WEEK, 14, 2)):
        horizon = model.grid.scenario.horizon.model_copy(update={"unit": unit})
        changed = channel.model_copy(update={"contacts_per_customer": ContactCap(max=2, days=days)})
        scenario = Scenario.model_validate(
            model.grid.scenario.model_dump(by_alias=True)
            | {"horizon": horizon.model_dump(), "channels": [changed.model_dump()]}
        )
        rule = contact_rule(scenario.channels[0], scenario)
        assert rule is not None and (rule.window, rule.max, rule.id) == (window, 2, "contacts:push")


def test_an_unknown_measure_is_refused():
    """A limit on a word that is no measure raises instead of being dropped."""
    with pytest.raises(ValueError, match="joy"):
        build_limits(_model(limits=[Limit(id="x", measure="joy", max=1)]))


def test_scopes_are_said_in_words():
    """The scope text names every key that narrows, and says everything for none."""
    assert scope_text(Scope()) == "everything"
    text = scope_text(Scope.model_validate({"mechanics": ["coupon"], "channels": ["push"], "periods": ["2026-11-01"]}))
    assert text == "coupon; channel push; 2026-11-01"
