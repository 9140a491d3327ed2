"""A use beside the bound that it breaks: the two never read alike, and the one that decides is told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from plan_sets import limit
from printed import printed

from constraints.checking.check import violations_said
from constraints.infeasible.conflict import verdict_text
from planner.report.check import show_limits_exactly
from planner.report.one_plan.limits import figure, points, show_limits, used
from planner.report.one_plan.outcome import broken_sentences
from planner.report.stress import show_broken_limits
from scenarios.answer.verdicts import LimitResult

HAIRS = [
    (limit("few", "margin_rate", "0.35", "0.350001"), "35.0001%", "-0.0001%", "35.00%"),
    (limit("floor", "margin_rate", "0.2", "0.199996", sense="min"), "19.9996%", "-0.0004%", "20.00%"),
    (limit("return", "roi", "0.3", "0.299999", sense="min"), "0.299999", "-0.000001", "0.30"),
    (limit("budget", "spend", "1200000", "1200000.30"), "1,200,000.30", "-0.30", "1,200,000"),
    (limit("fine", "spend", "288.905", "288.91"), "288.910", "-0.005", "288.905"),
    (limit("finer", "margin_rate", "0.416555", "0.416551", sense="min"), "41.655%", "-0.0004%", "41.6555%"),
    (limit("pieces", "units", "5000", "5000.004"), "5,000.004", "-0.004", "5,000"),
]


@pytest.mark.parametrize(("one", "used", "missing", "bound"), HAIRS, ids=[each[0].id for each in HAIRS])
def test_a_hair_above_a_bound_is_seen(one: LimitResult, used: str, missing: str, bound: str) -> None:
    """Use and what is missing have the digits that it takes, in the sentence and in the table."""
    assert figure(one, one.used, "CNY") == used
    assert figure(one, one.limit, "CNY") == bound
    assert points(one, -one.headroom, "CNY").removesuffix(" pp") == missing.removeprefix("-").removesuffix("%")
    (sentence,) = broken_sentences((one,), (), (), "CNY")
    side = "at most" if one.sense == "max" else "at least"
    assert f" {used}, {side} {bound} " in sentence
    row = next(text for text in printed(show_limits([one], "CNY"), 120) if "BROKEN" in text)
    assert {used, missing, bound} <= set(row.split())


def test_where_nothing_breaks_figures_stay_short() -> None:
    """A kept limit is written as ever where all of it is used; what is left is told, however little that is."""
    one = limit("few", "margin_rate", "0.35", "0.35", binding=True)
    assert figure(one, one.used, "CNY") == figure(one, one.limit, "CNY") == "35.00%"
    near = limit("few", "margin_rate", "0.35", "0.349996", binding=True)
    assert (figure(near, near.used, "CNY"), figure(near, near.limit, "CNY")) == ("34.9996%", "35.0000%")


def test_the_use_that_decides_is_told() -> None:
    """Where the expected use breaks a limit that holds at risk, the sentence has the expected one, of no futures."""
    one = replace(limit("cap", "spend", "1000", "1100", at_risk="900"), ok=False)
    (sentence,) = broken_sentences((one,), (), (), "CNY")
    assert sentence == "limit cap: spend 1,100.00, at most 1,000.00 allowed"
    said = violations_said(1, SimpleNamespace(refused=(), limits=(one,), rules=()))
    assert said == ["plan 1: limit cap: spend max 1,000, used 1,100"]
    risky = limit("cap", "spend", "1000", "900", at_risk="1100")
    said = violations_said(1, SimpleNamespace(refused=(), limits=(risky,), rules=()))
    assert said == ["plan 1: limit cap: spend max 1,000, used 1,100 in 95% of the futures"]
    (sentence,) = broken_sentences((risky,), (), (), "CNY")
    assert sentence == "limit cap: spend 1,100.00, at most 1,000.00 allowed in 95% of the futures"


def test_the_nearest_plan_tells_shares_as_shares() -> None:
    """What only the ledger sees is told in percent, too, and of what it is a share."""
    one = replace(limit("few", "units", "0.35", "0.350001"), share_of={"measure": "units", "scope": {}}, at="2027-03")
    assert verdict_text(one) == "few: units / units 35.0001% in 2027-03, at most 35% allowed"


def test_a_ratio_without_anything_to_divide_by_is_told_as_what_there_is() -> None:
    """The figure beside the bound would be the bound and the part together, which is nothing that anybody reads."""
    roi = replace(limit("return", "roi", "1", "1315.7"), part=Decimal("1314.70"), whole=Decimal("0.00"))
    (sentence,) = broken_sentences((roi,), (), (), "EUR")
    assert sentence == "limit return: profit gained 1,314.70 and no gross_spend to divide it by, at most 1.00 allowed"
    rate = replace(limit("rate", "margin_rate", "0.2", "-30.8", sense="min"), part=Decimal("-31"), whole=Decimal(0))
    (sentence,) = broken_sentences((replace(rate, at="2026-11"),), (), (), "JPY")
    assert sentence.startswith("limit rate: margin -31 in 2026-11 and no revenue to divide it by, at least 20.00%")
    share = replace(rate, measure="uses", sense="max", limit=Decimal("0.2"), used=Decimal("3.7"), part=Decimal("3.5"))
    share = replace(share, share_of={"measure": "units", "scope": {}})
    assert broken_sentences((share,), (), (), "EUR")[0].startswith("limit rate: uses 4 and no units to divide it by")
    assert verdict_text(share).startswith("rate: uses 4 and no units to divide it by, at most 20")
    spent = replace(roi, whole=Decimal("2.00"), used=Decimal("657.35"))
    assert broken_sentences((spent,), (), (), "EUR")[0] == "limit return: roi 657.35, at most 1.00 allowed"
    assert [used(each, "EUR") for each in (roi, rate, share)] == ["-"] * 3
    assert used(spent, "EUR") == "657.35"


def test_check_makes_up_no_figure_of_a_ratio_without_anything_to_divide_by() -> None:
    """Finance reads what there is and what is missing, exactly; tables show a dash, as the other reports do."""
    rate = replace(limit("rate", "margin_rate", "0.2", "-30.8", sense="min"), part=Decimal("-31"), whole=Decimal(0))
    share = replace(rate, measure="uses", sense="max", limit=Decimal("0.2"), used=Decimal("3.7"), part=Decimal("3.500"))
    share = replace(share, share_of={"measure": "units", "scope": {}}, at="2026-11", within="month")
    said = violations_said(1, SimpleNamespace(refused=(), limits=(rate, share), rules=()))
    assert said == [
        "plan 1: limit rate: margin_rate min 20%, margin -31 and no revenue to divide it by",
        "plan 1: limit rate: uses / units max, each month 20%, uses 3.500 in 2026-11 and no units to divide it by",
    ]
    kept = replace(share, used=Decimal("0.2"), headroom=Decimal(0), ok=True, part=Decimal("-2"), whole=Decimal("-1"))
    assert [used(each, "EUR") for each in (rate, share, kept)] == ["-"] * 3
    ledger = SimpleNamespace(limits=(rate, share, kept), ok=False, outcome=SimpleNamespace(funds_used_up=None))
    rows = printed(show_limits_exactly(1, ledger, "EUR"), 140)
    told = [row.split() for row in rows if row.startswith("rate")]
    assert [row[-4:-1] for row in told] == [["-"] * 3] * 3 and not any("30.8" in row or "370" in row for row in rows)
    assert "used -: there is nothing to divide by of rate, rate, rate" in rows
    spoken = printed(show_limits([replace(kept, id="few"), limit("cap", "spend", "10", "3")], "EUR"), 140)
    assert "used -: there is nothing to divide by of few" in spoken
    after = SimpleNamespace(broken_limits=(rate,))
    shock = SimpleNamespace(shock=SimpleNamespace(title="shock", changed=object()), after=after)
    planned = SimpleNamespace(broken_limits=())
    stressed = show_broken_limits(SimpleNamespace(planned=planned, shocks=(shock,), currency="EUR"))
    (row,) = [row.split() for row in printed(stressed, 140) if row.startswith("shock ") and "rate" in row.split()]
    assert row[-3:] == ["-"] * 3
