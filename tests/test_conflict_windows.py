"""Conflicts of limits by window, of ratios and with a past kept empty: what is told, and which bound is moved."""

from conflict_case import alike_effects, explained, locked

from constraints.infeasible.conflict import why_infeasible
from constraints.ledger import Ledger
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from scenarios.futures.draws import draw
from scenarios.response.coefficients import Coefficients


def _judge(model: Coefficients) -> Ledger:
    effects = alike_effects(model.grid.scenario)
    return Ledger(model, effects, draw(model.grid, effects, 1, count=20))


def test_a_limit_broken_in_many_windows_is_told_once_and_moved_once():
    """Two days of one budget: one conflict that names both days, and one bound, which is enough for the dearer day."""
    lock = locked((3, "phone", "off10"), (5, "tablet", "off10"))
    budget = {"id": "daily", "measure": "spend", "max": 1000, "each": "period"}
    found, _ = explained([budget], [lock])
    assert found.proven and len(found.clashes) == 2, "each day needs its own locked line"
    assert {clash.members[0] for clash in found.clashes} == {"daily"}
    assert len({clash.members for clash in found.clashes}) == 2
    assert found.remedies[0] == "raise daily from 1,000 to 2,400"
    floor = {"id": "rate", "measure": "margin_rate", "min": "90%", "each": "period"}
    low, _ = explained([floor])
    (clash,) = low.clashes
    assert clash.members == ("rate",) and low.members == ("rate",)
    assert clash.reason == "every plan misses rate in 2026-11-02, 2026-11-03, 2026-11-04 and 5 more"
    (way,) = low.ways
    (change,) = way.changes
    again, _ = explained([floor | {"min": change.after}])
    assert not again.proven and not again.members


NOTHING_SPENT = {"id": "dear", "measure": "revenue", "max": "100%", "share_of": {"measure": "gross_spend"}}


def test_no_bound_is_offered_where_a_ratio_has_nothing_to_divide_by():
    """A share of no spend is no number: the part and what is missing are told, no bound that mends nothing."""
    windows = NOTHING_SPENT | {"window": "2 days"}
    found, model = explained([windows])
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
    lock = locked((3, "tablet", "off10"), (5, "phone", "voucher", "young", 0.5))
    share = {"id": "per-use", "measure": "discount", "max": 10, "each": "period", "share_of": {"measure": "uses"}}
    found, _ = explained([share], [lock])
    (way,) = (way for way in found.ways if way.changes[0].kind == "bound")
    assert way.changes[0].after == 160, "20% of 800 net of tax; the tablet's 40 a use is the larger sum"


def test_a_past_that_is_kept_empty_is_part_of_a_proof_that_needs_it():
    """Units that only lines in the past would sell are missing because of it; a shorter past is not named."""
    past = {"id": "past", "rule": "locked", "lines": [], "until": "2026-11-09"}
    floor = {"id": "floor", "measure": "units", "min": 500}
    found, _ = explained([floor], [past])
    assert found.proven and found.members == ("floor", "past")
    assert found.reasons == ("every plan falls short of floor, given past; none comes to more than 480",)
    assert not explained([floor], [past | {"until": "2026-11-03"}])[0].proven
    far = floor | {"min": 100_000}
    assert explained([far], [past])[0].members == ("floor",), "no line anywhere would sell as much"
