"""Floors that a ceiling contains exclude each other by their numbers alone, and only where no plan keeps both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from all_plans import plans_of, sold_by_all, thin
from conflict_case import explained
from scenario_factory import rng_of, tiny_scenario

from constraints.infeasible.contained import contained
from constraints.limits.book import Limits, build_limits
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.response import totals
from scenarios.response.coefficients import Coefficients, build_coefficients

GIFT = {
    "gifts": [{"id": "mug", "unit_cost": "3", "stock": 5}],
    "offers": [{"id": "mug", "mechanic": "gift", "gift": "mug", "layer": "targeted", "channel": "push"}],
}


def test_a_floor_on_gifts_is_held_against_their_stock() -> None:
    """However its scope is written: the only gift of the shop is that of the stock."""
    for scope in ({}, {"where": {"offers": ["mug"]}}, {"where": {"mechanics": ["gift"]}}):
        found, _ = explained([{"id": "give", "measure": "gifts", "min": 8, **scope}], **GIFT)
        assert found.evident and found.members == ("gift:mug", "give")
        assert found.remedies == ("raise the stock of gift mug from 5 to 8", "lower give from 8 to 5")
    enough, _ = explained([{"id": "give", "measure": "gifts", "min": 5}], **GIFT)
    assert not enough.evident


def test_floors_of_windows_that_share_no_day_add_up() -> None:
    """Eight days hold two windows of three days apart, and a third that overlaps one of them."""
    weekly = {"id": "weekly", "measure": "spend", "min": 300, "window": "3 days"}
    found, _ = explained([{"id": "budget", "measure": "spend", "max": 500}, weekly])
    assert found.evident and found.members == ("budget", "weekly")
    assert found.reasons == (
        "budget allows at most 500 of spend, and weekly asks for at least 300 in each of "
        "2026-11-02..2026-11-04, 2026-11-05..2026-11-07: 600 together",
    )
    assert found.remedies == ("raise budget from 500 to 600", "lower weekly from 300 to 250")
    enough, _ = explained([{"id": "budget", "measure": "spend", "max": 600}, weekly])
    assert not enough.evident


def test_whoever_is_reached_gets_a_message() -> None:
    """A floor on customers reached is one on messages, and on what they cost: the cheapest channel counts."""
    channels = [{"id": "push", "cost_per_contact": "0.5"}, {"id": "mail", "cost_per_contact": "2"}]
    reach = {"id": "reach", "measure": "customers_reached", "min": 100}
    for measure, most, least in (("contacts", 80, "100"), ("cash_cost", 40, "50")):
        found, _ = explained([reach, {"id": "few", "measure": measure, "max": most}], channels=channels)
        assert found.evident and found.members == ("few", "reach"), measure
        assert f"each by a message, which come to {least} of {measure} at the least" in found.reasons[0]
        enough, _ = explained([reach, {"id": "few", "measure": measure, "max": float(least)}], channels=channels)
        assert not enough.evident


SCOPES: tuple[dict[str, Any], ...] = (
    {},
    {"each": "period"},
    {"window": "2 days"},
    {"where": {"layer": "targeted"}},
    {"where": {"layer": "public"}},
)
MEASURES = ("spend", "discount", "uses", "contacts", "cash_cost", "customers_reached", "gifts")


def _asked(model: Coefficients, plans: np.ndarray, rng: np.random.Generator) -> tuple[Limits, np.ndarray]:
    """Floors and ceilings of all measures and scopes, some way up to what plans use; the uses [P, L] as well."""
    grid, what = model.grid, sold_by_all(model, plans)
    drawn: list[dict[str, Any]] = [
        {"id": f"{sense}-{measure}-{number}", "measure": measure, sense: 1.0, **scope}
        for measure in MEASURES
        for number, scope in enumerate(SCOPES)
        for sense in ("min", "max")
        if measure != "customers_reached" or number in (0, 3)
    ]

    def limits_of(bounds: dict[str, float]) -> Limits:
        records = [each | {key: bounds.get(each["id"], 1.0)} for each in drawn for key in ("min", "max") if key in each]
        scenario = grid.scenario.model_copy(update={"limits": tuple(Limit.model_validate(each) for each in records)})
        return build_limits(replace(model, grid=replace(grid, scenario=scenario)))

    limits = limits_of({})
    uses = np.stack([totals.value(each, model, what, np) for each in limits.functionals], axis=1)
    most = {name: float(uses[:, rows].max()) for name, rows in limits.rows_of.items()}
    return limits_of({name: round(max(rng.uniform(0.1, 0.9) * most[name], 0.01), 2) for name in most}), uses


def test_no_plan_keeps_what_excludes_each_other() -> None:
    """Of all plans of tiny scenarios with every interaction, under floors and ceilings of many measures and scopes."""
    told = 0
    for seed in range(10):
        rng = rng_of(seed)
        scenario, effects, baskets = tiny_scenario(rng)
        grid = build_grid(scenario)
        model = build_coefficients(grid, effects, baskets)
        plans = plans_of(thin(rng, grid.allowed_flat, 400))
        limits, uses = _asked(model, plans, rng)
        for found in contained(limits):
            rows = [found.ceiling, *found.floors]
            over = limits.sign[rows] * (uses[:, rows] - limits.bound[rows])
            assert not (over <= 1e-9).all(axis=1).any(), [limits.records[row].id for row in rows]
            told += 1
    assert told > 100, "many of them exclude each other"
