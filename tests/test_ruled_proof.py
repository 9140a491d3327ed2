"""Limits that only rules between lines keep out of reach: proven with both named, and never where a plan exists."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from conflict_case import explained, locked
from pydantic import TypeAdapter
from scenario_factory import rng_of, tiny_scenario

from constraints.infeasible.ruled_proof import ruled_out
from constraints.infeasible.shortfall import measure_uses, scalar_row
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.language.schemas.rule import Rule
from scenarios.response.coefficients import build_coefficients

PUBLIC = {"layer": "public"}
ONE = {"id": "one", "rule": "max_concurrent", "max": 1, "where": PUBLIC}


def floor(least):
    """Return a limit that asks for so many public lines."""
    return {"id": "floor", "measure": "lines", "min": least, "where": PUBLIC}


def test_a_floor_that_rules_leave_no_room_for_is_proven_with_what_is_within_reach():
    """Eight days with one line each are eight lines: nine are out of reach, eight are not."""
    found, _ = explained([floor(9)], [ONE])
    assert found.proven and found.members == ("floor", "one")
    assert found.reasons == ("every plan falls short of floor, given one; none comes to more than 8",)
    assert found.remedies == ("lower floor from 9 to 0",), "what the empty plan needs; a search finds 8"
    again, _ = explained([floor(8)], [ONE])
    assert not again.proven


def test_rules_and_locked_lines_are_members_where_they_matter():
    """One line a day, and cases on all eight days: a phone on one of them is in the way, coupons and a lamp are not."""
    cases = floor(8) | {"where": PUBLIC | {"products": ["case"]}}
    idle = {"id": "idle", "rule": "max_run", "periods": 2, "where": {"layer": "targeted"}}
    own = locked((4, "case", "off10"), rule="own")
    assert not explained([cases], [ONE, idle, own])[0].proven
    found, _ = explained([cases], [ONE, idle, own, locked((2, "phone", "off10"))])
    assert found.proven
    assert found.members == ("floor", "one", "off10 for phone on 2026-11-02 (locked by keep)")
    assert "none comes to more than 7" in found.reasons[0]


def test_two_limits_and_a_rule_may_conflict_together():
    """Seven lines are within reach, and little spend is: not both, where one line a day leaves no cheap day."""
    budget = {"id": "budget", "measure": "discount", "max": 300, "where": PUBLIC}
    cheap = {"offers": ["off10", "off30", "flash"]}
    asked = floor(16) | {"where": cheap}
    many = ONE | {"max": 1, "per": ["product"], "where": cheap}
    paid = budget | {"where": cheap}
    assert not explained([asked | {"min": 8}, paid], [many])[0].proven, "the cheap product is on offer every day"
    found, _ = explained([asked | {"min": 8}, paid], [many, ONE | {"where": cheap | {"products": ["case"]}, "max": 0}])
    assert found.proven and "floor" in found.members


def test_no_plan_is_ruled_out_that_exists():
    """Against all plans of tiny questions: whom a proof rules out breaks it, and a row is never below its least."""
    proven, closest = 0, []
    for seed in range(12):
        rng = rng_of(seed)
        scenario, effects, baskets = tiny_scenario(
            rng, segments=1, products=2, periods=2, public_offers=1, targeted_offers=1, baskets=False, members=1
        )
        one = {"id": "one", "rule": "at_most_one"} if seed % 2 else {"id": "one", "rule": "max_concurrent", "max": 1}
        rule = TypeAdapter(Rule).validate_python(one)
        floored = Limit(id="floor", measure="units", min=1.0)
        document = scenario.model_copy(update={"rules": (rule,), "limits": (floored,)})
        model = build_coefficients(build_grid(document), effects, baskets)
        book, limits = build_rulebook(model.grid, model.economics), build_limits(model)
        plans = [np.array(each, dtype=np.int8) for each in itertools.product(*map(np.flatnonzero, book.base))]
        uses = [measure_uses(model, limits, plan).scalar[0] for plan in plans if not book.violations(plan)]
        row = scalar_row(limits, 0)
        for bound in [min(uses), max(uses), max(uses) * 1.02, max(uses) * 1.3]:
            found = ruled_out(model, book, [replace(row, bound=bound)], 10)
            if found is not None:
                proven += 1
                assert max(uses) < bound and found.least is not None and -found.least >= max(uses) - 1e-6
                closest.append(-found.least / max(uses))
    assert proven >= 8 and min(closest) < 1.1
