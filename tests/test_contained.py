"""Floors that a ceiling contains exclude each other by their numbers alone, and only where no plan keeps both."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """A tiny question with every interaction under floors and ceilings of many measures and scopes, and its plans."""

    model: Coefficients
    drawn: tuple[dict[str, Any], ...]
    """Limits, whose bounds are set later."""
    uses: np.ndarray
    """[P, L] what each plan uses of every row."""

    def limits(self, bounds: dict[str, float]) -> Limits:
        """The limits with some bounds, by id; 1 where none is said."""
        records = [
            each | {key: bounds.get(each["id"], 1.0)} for each in self.drawn for key in ("min", "max") if key in each
        ]
        grid = self.model.grid
        scenario = grid.scenario.model_copy(update={"limits": tuple(Limit.model_validate(each) for each in records)})
        return build_limits(replace(self.model, grid=replace(grid, scenario=scenario)))


@cache
def _asked(seed: int, count: int) -> Asked:
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng)
    grid = build_grid(scenario)
    model = build_coefficients(grid, effects, baskets)
    what = sold_by_all(model, plans_of(thin(rng, grid.allowed_flat, count)))
    drawn: tuple[dict[str, Any], ...] = tuple(
        {"id": f"{sense}-{measure}-{number}", "measure": measure, sense: 1.0, **scope}
        for measure in MEASURES
        for number, scope in enumerate(SCOPES)
        for sense in ("min", "max")
        if measure != "customers_reached" or number in (0, 3)
    )
    asked = Asked(model=model, drawn=drawn, uses=np.zeros((0, 0)))
    uses = np.stack([totals.value(each, model, what, np) for each in asked.limits({}).functionals], axis=1)
    return replace(asked, uses=uses)


def test_no_plan_keeps_what_excludes_each_other() -> None:
    """Bounds some way up to what plans use: of all plans none keeps two limits of which that is told."""
    told = 0
    for seed in range(5):
        asked, rng = _asked(seed, 400), rng_of(seed)
        rows_of = asked.limits({}).rows_of
        most = {name: float(asked.uses[:, rows].max()) for name, rows in rows_of.items()}
        limits = asked.limits({name: round(max(rng.uniform(0.1, 0.9) * most[name], 0.01), 2) for name in most})
        for found in contained(limits):
            rows = [found.ceiling, *found.floors]
            over = limits.sign[rows] * (asked.uses[:, rows] - limits.bound[rows])
            assert not (over <= 1e-9).all(axis=1).any(), [limits.records[row].id for row in rows]
            told += 1
    assert told > 50, "many of them exclude each other"


def test_what_a_plan_keeps_never_excludes_each_other() -> None:
    """Every bound is what one plan just uses, the hardest to tell apart: that plan keeps everything at once."""
    tight = 0
    for seed in range(5):
        asked, rng = _asked(seed, 400), rng_of(seed)
        limits, names = asked.limits({}), [each["id"] for each in asked.drawn]
        others = [row for row, name in enumerate(limits.ids) if name not in names]  # the stock of gifts
        kept = (limits.sign[others] * (asked.uses[:, others] - limits.bound[others]) <= 0).all(axis=1)
        for uses in rng.permutation(asked.uses[kept])[:3]:
            bounds = {}
            for name in names:
                rows = limits.rows_of[name]
                floor, used = name.startswith("min"), uses[rows] + limits.past[rows]
                bounds[name] = math.floor(used.min() * 100) / 100 if floor else math.ceil(used.max() * 100) / 100
                tight += bool(bounds[name] > 0)
            assert not list(contained(asked.limits(_above_zero(bounds))))
    assert tight > 250, "most of them use something"


def _above_zero(bounds: dict[str, float]) -> dict[str, float]:
    """Bounds that a scenario may hold: a ceiling of nothing is one of next to nothing."""
    return {name: bound if bound > 0 or name.startswith("min") else 0.01 for name, bound in bounds.items()}
