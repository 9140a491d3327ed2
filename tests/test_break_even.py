"""Break-even lift and funding of offers, against the account itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from printed import printed

from planner.reasons.by_itself.break_even import MOST_LIFT, BreakEven, break_even
from planner.reasons.by_itself.lines_alone import alone
from planner.report.offers.break_even import show_break_even
from scenarios.grid import build_grid
from scenarios.loading.load import LoadedScenario, load_scenario
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate

ALONE = (
    "response.fatigue=0",
    "response.cannibalisation=0",
    "response.pull_forward={share: 0%, periods: 1}",
    "response.carry_over=ignore",
)


TOGETHER = (
    "response.fatigue=0",
    "response.halo=10%",
    "products.kettle.rivals=nobody",
    "products.grinder.rivals=no-other",
)
"""Rivals, later periods and halo as they are given, and two products without rivals, whose bump keeps less."""


def _loaded(settings: tuple[str, ...] = ALONE) -> LoadedScenario:
    return load_scenario("template-basic", settings)


def _model(loaded: LoadedScenario, effects: Effects) -> Coefficients:
    return build_coefficients(build_grid(loaded.scenario), effects, loaded.baskets)


def _single_line_profits(model: Coefficients, offer: int) -> np.ndarray:
    """Profit of every plan that holds one line of an offer at its largest coverage."""
    grid = model.grid
    functional = objective_functional(model)
    empty = evaluate(functional, model, grid.empty(), np)
    profits = []
    for slot in range(grid.slots):
        choices = grid.choices[grid.slot(slot).block]
        options = [(c.coverage, n) for n, c in enumerate(choices, start=1) if c.offer == offer]
        if options and grid.allowed_flat[slot, max(options)[1]]:
            plan = grid.empty()
            plan[slot] = max(options)[1]
            profits.append(float(evaluate(functional, model, plan, np)) - float(empty))
    return np.array(profits)


@pytest.mark.parametrize("settings", [ALONE, TOGETHER])
def test_profit_of_a_line_is_what_the_account_says_of_a_plan_with_this_line_alone(settings: tuple[str, ...]) -> None:
    """Mean profit and paying slots equal those of single-line plans, with interactions in force and without."""
    loaded = _loaded(settings)
    assert loaded.effects is not None
    model = _model(loaded, loaded.effects)
    needs = break_even(model, loaded.effects)
    assert [need.offer for need in needs] == list(range(len(loaded.scenario.offers)))
    for need in needs:
        profits = _single_line_profits(model, need.offer)
        assert need.slots == len(profits)
        assert need.profit == pytest.approx(profits.mean(), rel=1e-9, abs=1e-9)
        assert need.paying_slots == int((profits > 0).sum())


def _scaled(effects: Effects, offer: int, factor: float) -> Effects:
    lift = effects.lift.copy()
    lift[..., offer] *= factor
    return replace(effects, lift=lift)


@pytest.mark.parametrize("settings", [ALONE, TOGETHER])
def test_at_its_break_even_lift_an_offer_earns_nothing(settings: tuple[str, ...]) -> None:
    """Scaling an offer's lifts to the break-even lift brings its profit to 0."""
    loaded = _loaded(settings)
    assert loaded.effects is not None
    checked = 0
    for need in break_even(_model(loaded, loaded.effects), loaded.effects):
        if not (0 < need.break_even_lift < np.inf):
            continue
        effects = _scaled(loaded.effects, need.offer, need.break_even_lift / need.lift)
        scaled = break_even(_model(loaded, effects), effects)[need.offer]
        assert scaled.profit == pytest.approx(0, abs=1e-6)
        checked += 1
    assert checked >= 5


def test_at_its_break_even_funding_an_offer_earns_nothing() -> None:
    """A vendor that pays the break-even share brings the profit to 0."""
    found: list[BreakEven] = []
    for need in break_even(_model(_loaded(), _loaded().effects), _loaded().effects):  # type: ignore[arg-type]
        offer = _loaded().scenario.offers[need.offer]
        if not (0 < need.break_even_funding <= 1) or offer.funding is None:
            continue
        option = f"offers.{offer.id}.funding.share={need.break_even_funding:.15f}"
        loaded = load_scenario("template-basic", (*ALONE, option))
        assert loaded.effects is not None
        found.append(break_even(_model(loaded, loaded.effects), loaded.effects)[need.offer])
    assert found
    assert all(need.profit == pytest.approx(0, abs=1e-6) for need in found)


def test_an_offer_whose_bump_loses_on_every_unit_never_breaks_even() -> None:
    """Where the discount is larger than the margin, no lift is enough."""
    loaded = load_scenario("template-basic", (*ALONE, "offers.equipment-20.depth=60%", "rules=[]"))
    assert loaded.effects is not None
    needs = break_even(_model(loaded, loaded.effects), loaded.effects)
    need = next(n for n in needs if loaded.scenario.offers[n.offer].id == "equipment-20")
    assert np.isinf(need.break_even_lift)
    assert not need.pays


def test_where_nothing_is_sold_nothing_is_needed_or_said() -> None:
    """A lift of 0 % that needs 0 % would be a claim about an offer whose products nobody buys."""
    loaded = _loaded()
    model = _model(loaded, replace(loaded.effects, base_units=np.zeros_like(loaded.effects.base_units)))
    needs = break_even(model, loaded.effects)
    alone = [need for need in needs if not loaded.scenario.offers[need.offer].is_basket]
    assert alone and all(np.isnan([need.lift, need.break_even_lift, need.break_even_funding]).all() for need in alone)
    rows = printed(show_break_even(model.grid, tuple(alone)), 120)
    assert rows[3].split()[-6:-3] == ["-", "-", "60%"] and rows[3].split()[-3] == "-"


def test_offers_whose_products_share_a_message_are_named() -> None:
    """A dear message that no line alone pays for is told as shared by products; of one product there is no word."""
    for products, told in (("[kettle, grinder]", True), ("[kettle]", False)):
        dear = ("channels.mail.cost_per_contact=40", f"offers.kettle-coupon.applies_to={{products: {products}}}")
        loaded = _loaded((*ALONE, *dear))
        assert loaded.effects is not None
        model = _model(loaded, loaded.effects)
        text = " ".join(" ".join(printed(show_break_even(model.grid, break_even(model, loaded.effects)), 120)).split())
        assert ("kettle-coupon: each line has a message of its own here" in text) is told


@pytest.mark.parametrize(("theft", "offer"), [("60%", "kettle-coupon"), ("80%", "coffee-15"), ("30%", "equipment-20")])
def test_beyond_what_rivals_can_lose_a_larger_lift_pays_after_all(theft: str, offer: str) -> None:
    """Profit falls with the lift until rivals have nothing more to lose, then rises: plans of one line agree."""
    loaded = load_scenario("template-basic", (f"response.cannibalisation={theft}", "response.carry_over=ignore"))
    assert loaded.effects is not None
    number = next(n for n, each in enumerate(loaded.scenario.offers) if each.id == offer)
    need = break_even(_model(loaded, loaded.effects), loaded.effects)[number]
    assert need.lift < need.break_even_lift < MOST_LIFT

    def earned(factor: float) -> float:
        effects = _scaled(loaded.effects, number, factor * need.break_even_lift / need.lift)
        return float(_single_line_profits(_model(loaded, effects), number).sum())

    assert earned(1.0) == pytest.approx(0.0, abs=1e-3)
    assert earned(0.98) < 0 < earned(1.02)


def test_an_offer_that_pays_where_it_lifts_nothing_may_lose_with_each_unit_that_it_lifts() -> None:
    """A vendor pays for the line: at its lift it loses all the same, and a lift of 0 is not what it needs."""
    settings = (*ALONE, "offers.coffee-15.depth=60%", "offers.coffee-15.funding={vendor: roaster, per_line: 950}")
    loaded = load_scenario("template-basic", settings)
    assert loaded.effects is not None
    model = _model(loaded, loaded.effects)
    need = next(n for n in break_even(model, loaded.effects) if loaded.scenario.offers[n.offer].id == "coffee-15")
    assert alone(model, loaded.effects, need.offer).on_base() < 0 and need.profit < 0
    assert np.isinf(need.break_even_lift)
