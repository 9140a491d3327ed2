"""Reports of limits and rules: what binds, what is broken, what a limit is worth, and what its columns are for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from plan_sets import PHONE_LINES, limit, ranked
from printed import printed

from planner.reasons.told_price import told_price
from planner.report.one_plan.limit_prices import price_sentences
from planner.report.one_plan.limits import show_limits, show_rules
from planner.report.one_plan.outcome import broken_sentences
from planner.report.side_by_side.ranking import show_baselines
from scenarios.answer.verdicts import PriceRange, RuleResult
from scenarios.currency import price_text
from scenarios.language.aim import Aim
from scenarios.language.schema import Scenario
from scenarios.loading.load import load_scenario

WIDTHS = (80, 120)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return the shipped scenario with Chinese names."""
    return load_scenario("phone-flash-sale").scenario


@pytest.mark.parametrize("width", WIDTHS)
def test_a_broken_rule_is_counted_and_kept_ones_are_named_once(width: int) -> None:
    """The sentences stand below the table, in the verdict, and nowhere twice."""
    broken = tuple(f"product p{number}: 2 lines, at most 1 allowed; drop 1" for number in range(1, 6))
    rules = (
        RuleResult(id="one", rule="at_most_one", satisfied=False, violations=broken),
        RuleResult(id="calm", rule="min_gap", satisfied=True, violations=()),
    )
    text = printed(show_rules(rules), width)
    assert any(line.startswith("one ") and line.endswith("BROKEN  5 violations, named below") for line in text)
    assert not any("product p" in line for line in text)
    assert [line for line in text if "calm" in line] == ["1 rule kept: calm"]


def test_limits_mark_what_binds_and_what_is_broken(scenario: Scenario) -> None:
    """The tightest limits come first; a broken one is called so."""
    plan = ranked(scenario, 1, PHONE_LINES)
    broken = limit("few-coupons", "uses", "10", "12")
    lines = printed(show_limits((*plan.limits, broken), "CNY"), 120)
    assert "BROKEN" in lines[3]
    assert "binding" in lines[4]
    assert any("119,500.50" in line or "119,500" in line for line in lines)


def test_a_floor_is_told_from_a_ceiling_on_narrow_screens(scenario: Scenario) -> None:
    """The column that says min or max gives way; without the note 12 of at least 10 would read as one of at most 10."""
    floor = limit("some-coupons", "uses", "10", "12", sense="min")
    text = " ".join(printed(show_limits((limit("budget", "spend", "10", "2"), floor), "CNY"), 44))
    assert "uses min" not in text and "at least the bound: some-coupons; at most: all others" in text
    assert "at least the bound" not in " ".join(printed(show_limits((limit("budget", "spend", "10", "2"),), "CNY"), 44))


@pytest.mark.parametrize(("currency", "wanted"), [("JPY", "81,000"), ("EUR", "81,000.00"), ("KWD", "81,000.000")])
def test_limits_are_written_with_the_currencys_own_digits(scenario: Scenario, currency: str, wanted: str) -> None:
    """Yen have no hundredths and dinars have thousandths, in tables, sentences and prices of products alike."""
    kept = limit("small", "spend", "90000", "81000", price=0.25)
    held = replace(kept, price_holds=PriceRange(low=Decimal(81000), high=Decimal(95000)))
    row = next(line for line in printed(show_limits((held,), currency), 120) if line.startswith("small"))
    assert wanted in row.split()
    assert f"from {wanted} to" in price_sentences((held,), currency)[0]
    over = replace(kept, used=Decimal(91000), ok=False)
    assert broken_sentences((over,), (), (), currency)[0].split()[3].rstrip(",") == wanted.replace("81", "91")
    assert broken_sentences((over,), (), (), currency)[0].endswith("allowed")
    assert broken_sentences((replace(over, sense="min"),), (), (), currency)[0].endswith("asked for")
    assert price_text(19.9, currency) == {"JPY": "20", "EUR": "19.90", "KWD": "19.900"}[currency]


def test_a_bound_that_is_finer_than_the_currency_is_written_as_it_was_asked_for() -> None:
    """110,000.5 yen never read as 110,000, and what is left of it adds up beside its use."""
    text = " ".join(printed(show_limits((limit("budget", "spend", "110000.5", "107922"),), "JPY"), 120))
    assert "110,000.5" in text and "107,922.0" in text and "2,078.5" in text


def test_what_is_to_be_small_is_less_or_more_and_not_ahead_or_behind(scenario: Scenario) -> None:
    """The yardstick of an objective of spend says less spend; mixed objectives are ahead as ever."""
    plan = replace(ranked(scenario, 1, PHONE_LINES), objective=Decimal("-330"), baselines={"no_promotion": Decimal(0)})

    def table(objective: object) -> str:
        aim = Aim.model_validate({"weights": objective})
        return " ".join(" ".join(printed(show_baselines(plan, "CNY", objective=aim), 120)).split())

    assert "has less spend by" in table({"spend": -1}) and "more spend by 330" in table({"spend": -1})
    assert "costs less by" in table({"spend": -1, "discount": -1})
    assert "is ahead by" in table({"profit": 1, "spend": -1}) and "behind by 330" in table({"profit": 1, "spend": -1})


def test_shadow_prices_are_called_estimates_and_say_where_they_stop(scenario: Scenario) -> None:
    """An estimated price has a mark; a range that was followed no further says so; room that is left is told."""
    roomy = replace(
        limit("budget", "spend", "1500", "1471.59", price=0.54),
        price_holds=PriceRange(low=Decimal(750), high=Decimal(2250)),
    )
    jumpy = replace(
        limit("coupons", "spend", "100", "100", binding=True, price=2.0),
        price_holds=PriceRange(low=Decimal(100), high=Decimal(100)),
    )
    free = limit("stock:a", "units", "100", "95", price=0.0)
    unknown = limit("floor", "units", "10", "12", sense="min")
    lines = printed(show_limits((roomy, jumpy, free, unknown), "EUR"), 120)
    cells = {line.split()[0]: line.split() for line in lines if line[:1].isalpha()}
    assert "~0.540" in cells["budget"] and "~2.00" in cells["coupons"]
    assert "0" in cells["stock:a"] and "price -: none could be estimated" in "\n".join(lines)
    wide = replace(roomy, used=Decimal(1000), headroom=Decimal(500))
    told = "\n".join(printed(show_limits((wide, free), "EUR"), 120))
    assert "~0.540" not in told and "price -: more than 10% of the limit is left" in told
    first, second, last = price_sentences((roomy, jumpy, free), "EUR")
    assert "worth about 0.540" in first and "it was followed no further" in first
    assert "28.41 of it is left, so this plan stays allowed down to 1,471.59" in first
    assert "no price holds where the bound moves by 2% or more" in second
    assert "estimates of a linear programme" in last and "campaign sweep" in last
    assert not price_sentences((free,), "EUR")


def test_no_range_of_a_price_reads_as_tested(scenario: Scenario) -> None:
    """A range is where an estimate stays: no plan was made there, at its ends there may be none, and it says so."""
    held = PriceRange(low=Decimal(270000), high=Decimal(330000))
    roll = replace(limit("roll", "spend", "300000", "282623", price=0.184397), price_holds=held)
    said, what = price_sentences((roll,), "JPY")
    assert said == (
        "roll: one unit more is worth about 0.184 by the estimate, which stays within a tenth for bounds from 270,000 "
        "to 330,000 (now 300,000); 17,377 of it is left, so this plan stays allowed down to 282,623, and as lines come "
        "whole and act on each other more of it alone may gain nothing"
    )
    assert "No plan was made at other bounds: some may allow none" in what


def test_a_price_of_whole_lines_holds_between_whole_numbers_and_in_the_currencys_digits() -> None:
    """Bounds of 1.8 lines are none, 'from 2 to 2' is no range, and a yen has no hundredths."""
    floor = replace(limit("activity", "lines", "2", "2", sense="min", binding=True, price=318376.4))
    near = replace(floor, price_holds=PriceRange(low=Decimal("1.8"), high=Decimal("2.2")))
    assert price_sentences((near,), "JPY")[0] == (
        "activity: one line less is worth about 318,376 by the estimate; it was not found to hold as far as the next "
        "whole number of lines"
    )
    wide = replace(floor, price_holds=PriceRange(low=Decimal(1), high=Decimal("2.2")))
    assert "for bounds from 1 to 2 (now 2; it was followed no lower)" in price_sentences((wide,), "JPY")[0]
    (row,) = (line for line in printed(show_limits((floor,), "JPY"), 120) if line.startswith("activity"))
    assert "~318,376" in row and ".00" not in row
    assert "~1.500" in " ".join(printed(show_limits((replace(floor, shadow_price=1.5),), "KWD"), 120))


def test_a_price_of_0_of_what_is_binding_is_called_an_estimate_too() -> None:
    """A floor with a price of 0 may gain by a step of whole lines; of stock the baseline takes what more there is."""
    floor = limit("activity", "lines", "1", "1", sense="min", binding=True, price=0.0)
    stock = limit("stock:a", "units", "100", "100", binding=True, price=0.0)
    told = "price 0 of what is binding is an estimate, too: a step by whole lines may gain (activity)"
    assert told in " ".join(" ".join(printed(show_limits((floor, stock), "EUR"), 120)).split())
    assert "price 0 of" not in " ".join(printed(show_limits((stock,), "EUR"), 120))


def test_a_limit_with_much_room_has_no_price() -> None:
    """Two fifths are left: whatever parts of lines would pay for more of it, no whole line of the plan does.

    A price of 0 is none either: the legend says of both what the dash means.
    """
    idle = limit("fund:b", "spend", "600", "348", price=0.0)
    rows = printed(show_limits((idle,), "EUR"), 120)
    (row,) = (line.split() for line in rows if line.startswith("fund:b"))
    assert "-" in row and "0" not in row and "price -: more than 10% of the limit is left" in "\n".join(rows)
    assert told_price(idle) is None
    gifts = replace(
        limit("gifts", "spend", "600", "348", price=1.12),
        price_holds=PriceRange(low=Decimal(300), high=Decimal(660)),
    )
    (row,) = (line.split() for line in printed(show_limits((gifts,), "EUR"), 120) if line.startswith("gifts"))
    assert "~1.12" not in row and "-" in row
    assert price_sentences((gifts,), "EUR")[0] == (
        "gifts: 252.00 of it is left; no whole line that pays fits in beside the other limits"
    )


def test_only_the_side_on_which_a_price_was_followed_no_further_is_said_so() -> None:
    """A price that holds up to half of the bound above and not below: lower bounds were tried, and changed it."""
    for low, high, words in (
        (90, 150, "it was followed no higher)"),
        (50, 110, "it was followed no lower)"),
        (50, 150, "it was followed no further)"),
        (90, 110, "(now 100.00)"),
    ):
        held = PriceRange(low=Decimal(low), high=Decimal(high))
        said = price_sentences((replace(limit("b", "spend", "100", "100", price=2.0), price_holds=held),), "EUR")[0]
        assert words in said and said.count("followed") == ("followed" in words)


def test_columns_that_say_nothing_of_any_limit_are_left_out() -> None:
    """No column for what holds at risk or through time where nothing does; a share of nothing has no use, no room."""
    plain = limit("budget", "spend", "900", "100")
    header = printed(show_limits((plain,), "EUR"), 120)[1]
    assert header.split() == ["limit", "measure", "bound", "used", "headroom"]
    full = limit("cap", "units", "900", "100", at_risk="120", at="up to 2026-11-02")
    assert "at risk" in (header := printed(show_limits((plain, full), "EUR"), 120)[1]) and "tightest at" in header
    idle = replace(limit("pays", "roi", "0.50", "0.50", sense="min", at_risk="0.50"), whole=Decimal(0))
    lines = printed(show_limits((idle,), "EUR"), 120)
    assert lines[3].split() == ["pays", "roi", "min", "0.50", "-", "-", "-", "kept"]
    assert "of a min not missed" in lines[-1]
    assert printed(show_limits((), "EUR"), 120) == ["Limits", "no limit"]


def test_no_promotion_says_what_it_breaks(scenario: Scenario) -> None:
    """Doing nothing is no way out where a floor asks for something: the yardstick names the floor."""
    plan = replace(ranked(scenario, 1, PHONE_LINES), no_promotion_breaks=("clearance",))
    row = next(line for line in printed(show_baselines(plan, "CNY"), 120) if line.startswith("no promotion"))
    assert "(breaks clearance)" in row


def test_the_measure_stays_when_a_table_of_limits_gets_too_wide():
    """`weekly-app` does not say whether it is a most or a least, nor of what; where it is tightest gives way first."""
    floors = [
        replace(
            limit(f"active-in-every-week-{number}", "uses", "20000", "21500", sense="min", at_risk="20900", price=0.18),
            within="week",
            at="2027-03-22..2027-03-28",
        )
        for number in range(7)
    ]
    header, *lines = printed(show_limits(floors, "GBP"), 104)[1:]
    assert "measure" in header and "tightest at" not in header
    assert any("uses min, each" in line for line in lines)
    assert "tightest at" in printed(show_limits(floors, "GBP"), 160)[1]


@pytest.mark.parametrize(
    ("measure", "bound", "used", "shown"),
    [
        ("roi", "0.15", "0.151848", ["0.150", "0.152", "0.002"]),
        ("roi", "0.15", "0.150004", ["0.150000", "0.150004", "0.000004"]),
        ("roi", "0.15", "0.42", ["0.15", "0.42", "0.27"]),
        ("margin_rate", "0.30", "0.30001", ["30.000%", "30.001%", "0.001%"]),
        ("margin_rate", "0.30", "0.30", ["30.00%", "30.00%", "0.00%"]),
    ],
)
def test_a_ratio_near_its_bound_reads_otherwise(measure: str, bound: str, used: str, shown: list[str]) -> None:
    """A floor that is all but missed is not met exactly: used, bound and what is left have digits enough."""
    near = limit("floor", measure, bound, used, sense="min")
    row = next(line for line in printed(show_limits((near,), "INR"), 120) if line.startswith("floor"))
    figures = [word for word in row.split() if word[0].isdigit()]
    assert figures[:3] == shown
