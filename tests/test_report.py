"""Reports: they fit 80 and 120 columns, never cut a number, and align wide characters."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from plan_sets import PHONE_LINES, limit, plan_set, ranked
from printed import printed
from rich.cells import cell_len
from rich.console import RenderableType

from planner import figures
from planner.commands.terminal.live import progress_panel
from planner.figures import count, money_style, plural, seconds, share
from planner.progress import Progress
from planner.report.notes import show_sentences
from planner.report.one_plan.bridge import show_bridge
from planner.report.one_plan.calendar import Calendar
from planner.report.one_plan.limits import show_limits, show_rules
from planner.report.one_plan.outcome import show_outcome
from planner.report.one_plan.targets import date_ranges, show_targets
from planner.report.side_by_side.compare import offer_text, show_changes, show_compared
from planner.report.side_by_side.plan_difference import changes, difference_share
from planner.report.side_by_side.ranking import show_baselines, show_ranking
from scenarios.answer.plan import Quantiles
from scenarios.language.aim import Aim
from scenarios.language.schema import Scenario
from scenarios.loading.load import load_scenario

WIDTHS = (80, 120)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return the shipped scenario with Chinese names."""
    return load_scenario("phone-flash-sale").scenario


def parts(scenario: Scenario) -> list[RenderableType]:
    """Return every report of a plan set with large amounts."""
    large = plan_set(scenario, PHONE_LINES, PHONE_LINES[2:], scale="813.7")
    one, two = large.plans
    return [
        show_ranking(large, scenario),
        show_baselines(one, "CNY"),
        Calendar(plan=one, scenario=scenario),
        *show_targets(one, scenario, "CNY"),
        show_limits(one.limits, "CNY"),
        show_rules(one.rules),
        show_bridge(one, "CNY"),
        show_compared(one, two, ("plans", "plans:2"), "CNY"),
        show_changes(one, two, (scenario, scenario)),
        show_sentences("Assumed", large.assumed),
    ]


def test_paths_are_told_by_what_tells_them_apart(scenario: Scenario) -> None:
    """Long folders that two plans share are left out of the heads."""
    one, two = plan_set(scenario, PHONE_LINES, PHONE_LINES[2:]).plans
    table = show_compared(one, two, ("/home/ann/campaigns/plans", "/home/ann/campaigns/plans:2"), "CNY")
    text = "\n".join(printed(table, 80))
    assert "plans:2 against plans" in text
    assert "/home" not in text


@pytest.mark.parametrize("width", WIDTHS)
def test_every_report_fits_and_cuts_nothing(scenario: Scenario, width: int) -> None:
    """No line is wider than the screen, and no ellipsis stands in for a figure."""
    for part in parts(scenario):
        for line in printed(part, width):
            assert cell_len(line) <= width, line
            assert not re.search(r"\d…|…\d", line), line


@pytest.mark.parametrize("width", WIDTHS)
def test_figures_are_printed_in_full(scenario: Scenario, width: int) -> None:
    """The objective, its range, bridge terms and limit uses appear digit by digit."""
    large = plan_set(scenario, PHONE_LINES, scale="813.7")
    best = large.plans[0]
    text = "\n".join(line for part in parts(scenario) for line in printed(part, width))
    for amount in (best.objective, best.outcome.spend, best.outcome.bridge.gross_bump, best.outcome.bridge.net):
        assert f"{amount:,.0f}" in text


def test_targets_join_neighbouring_days(scenario: Scenario) -> None:
    """Lines of one offer are grouped: ``11-04..11-05, 11-09``."""
    tables = show_targets(plan_set(scenario, PHONE_LINES).plans[0], scenario, "CNY")
    assert [table.title.split()[0] for table in tables] == ["everybody", "students", "silver"]
    text = "\n".join(printed(tables[1], 120))
    assert "11-04..11-05, 11-09" in text
    days = [scenario.horizon.date_of(period) for period in (0, 1, 2, 5)]
    assert date_ranges(days, scenario.horizon) == "11-01..11-03, 11-06"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (count(1234567), "1,234,567"),
        (count(Decimal("-0.004"), digits=2, signed=True), "0.00"),
        (count(float("inf")), "no limit"),
        (count(None), "-"),
        (count(float("nan")), "-"),
        (share(0.12345), "12.3%"),
        (share(-0.0001), "0.0%"),
        (share(None), "-"),
        (seconds(59.4), "59 s"),
        (seconds(185.2), "3 min 05 s"),
        (plural(1, "category"), "1 category"),
        (plural(3, "category"), "3 categories"),
        (plural(2, "day"), "2 days"),
        (money_style("CNY", [Decimal("99999.5")])(Decimal("99999.5")), "99,999.50"),
        (money_style("CNY", [Decimal("100000.5")])(Decimal("100000.6")), "100,001"),
        (money_style("JPY", [Decimal(12)])(Decimal(12), signed=True), "+12"),
    ],
)
def test_figures_as_people_read_them(text: str, expected: str) -> None:
    """Separated thousands, no negative zero, a dash for what is missing."""
    assert text == expected


def test_differences_are_counted_by_lines(scenario: Scenario) -> None:
    """Two plans differ by the share of the larger one's lines that the other lacks; each slot is listed once."""
    two = plan_set(scenario, PHONE_LINES, (*PHONE_LINES[2:], (9, "buds-3", "*", "extras-cut-15", 1.0))).plans
    assert difference_share(two[0], two[0]) == 0
    assert difference_share(two[0], two[1]) == pytest.approx(2 / len(PHONE_LINES))
    found = changes(two[0], two[1])
    assert [(change.left is None, change.right is None) for change in found] == [
        (False, True),
        (False, True),
        (True, False),
    ]


def test_progress_shows_what_is_known() -> None:
    """The live panel names stage, generation, best, gap, feasible share and the time that is left."""
    moment = Progress(
        stage="evolving plans",
        generation=1234,
        best=56789.4,
        gap=0.0321,
        feasible_share=0.87,
        seconds=20,
        share_done=0.25,
    )
    text = " ".join(printed(progress_panel(moment), 80))
    for words in ("evolving plans", "20 s", "about 1 min 00 s left", "1,234", "+56,789", "3.21%", "87%"):
        assert words in text
    assert "gap" not in " ".join(printed(progress_panel(Progress(stage="preparing")), 80))


def test_progress_refuses_impossible_shares() -> None:
    """A share of the work outside 0 to 1, or no number, is refused."""
    with pytest.raises(ValueError, match="share_done"):
        Progress(stage="x", share_done=float("nan"))


def test_the_bars_of_the_bridge_stand_on_one_axis(scenario: Scenario) -> None:
    """Gains go right and losses left of the same column."""
    lines = printed(show_bridge(plan_set(scenario, PHONE_LINES).plans[0], "CNY"), 100)
    marks = {line.index("│") for line in lines if "│" in line}
    assert len(marks) == 1


def test_shares_of_a_whole_are_never_rounded_to_all_or_nothing() -> None:
    """Of 500 lines one that changed is neither 0 % of them nor are 499 all of them."""
    assert [figures.part(some) for some in (499 / 500, 1 / 500, 1.0, 0.0, 0.5)] == [
        "99.8%",
        "0.2%",
        "100%",
        "0%",
        "50%",
    ]


def test_a_lead_over_next_to_nothing_has_no_percentage(scenario: Scenario) -> None:
    """Ahead of 0.40 by 4,000 is told in money; as a percentage it says nothing."""
    plan = ranked(scenario, 1, PHONE_LINES)
    beside = {"greedy": Decimal("0.40"), "uniform": plan.objective / 2}
    rows = printed(show_baselines(replace(plan, baselines=beside), "CNY"), 120)
    greedy, uniform = (next(row for row in rows if row.startswith(name)) for name in ("greedy", "the best single"))
    assert "%" not in greedy and "(+100%)" in uniform


def test_a_gap_of_many_times_the_bound_is_no_percentage(scenario: Scenario) -> None:
    """A plan that must lose 52.50 under a bound of -0.14 is 5,236 % away from nothing."""
    plans = plan_set(scenario, PHONE_LINES)
    far = replace(plans, plans=tuple(replace(plan, gap=52.36) for plan in plans.plans))
    rows = printed(show_ranking(far, scenario), 120)
    assert "over 1,000%" in rows[3] and "5,236" not in rows[3]


def test_without_revenue_there_is_no_margin_rate(scenario: Scenario) -> None:
    """A margin of nothing over nothing is no 0 %."""
    plan = ranked(scenario, 1, PHONE_LINES)
    bare = replace(plan, outcome=replace(plan.outcome, revenue=Decimal(0), margin_rate=Decimal(0)))
    rows = {row.split("  ")[0]: row.split()[-1] for row in printed(show_outcome(bare, "CNY", title=""), 120)}
    assert rows["margin rate"] == "-"
    assert rows["units gained"] != "-"


def test_a_figure_without_a_title_stands_alone_on_a_narrow_screen() -> None:
    """Where a table becomes one line a figure, a column without a title has no colon before it."""
    wide = limit("budget", "spend", "100000000000000", "90000000000000")
    lines = printed(show_limits((wide,), "VND"), 40)
    assert "kept" in lines and not any(line.startswith(":") for line in lines)


def test_yardsticks_that_were_not_found_are_told(scenario: Scenario) -> None:
    """Where no greedy plan keeps limits and rules, the table says so in place of leaving it out without a word."""
    plan = replace(
        ranked(scenario, 1, PHONE_LINES), baselines={"no_promotion": Decimal(0), "greedy": None, "uniform": None}
    )
    text = " ".join(" ".join(printed(show_baselines(plan, "CNY"), 120)).split())
    assert (
        "greedy by return on spend and the best single offer everywhere: none that keeps all limits and rules" in text
    )


def test_yardsticks_that_nobody_looked_for_are_told_as_such(scenario: Scenario) -> None:
    """A run that was cut short before its habits does not claim that none keeps everything."""
    plan = replace(ranked(scenario, 1, PHONE_LINES), baselines={"no_promotion": Decimal(0)})
    text = " ".join(" ".join(printed(show_baselines(plan, "CNY"), 120)).split())
    assert "the best single offer everywhere: this run did not look for them" in text
    assert "none that keeps all" not in text


def test_a_best_plan_that_is_worth_less_is_told_as_behind(scenario: Scenario) -> None:
    """Where nothing, though not allowed, would be worth more, the best plan is not "ahead by" a negative amount."""
    plan = ranked(scenario, 1, PHONE_LINES)
    above = plan.objective + Decimal("33.86")
    rows = printed(show_baselines(replace(plan, baselines={"no_promotion": above}), "CNY"), 120)
    assert any("behind by 34" in row for row in rows) and not any("-34" in row for row in rows)


def test_the_bridge_says_what_is_charged_beyond_the_horizon_and_by_what_price(scenario: Scenario) -> None:
    """An offer that no line uses moves the price of fatigue that is left: whoever compares menus must see it."""
    plan = ranked(scenario, 1, PHONE_LINES)
    charged = replace(plan, outcome=replace(plan.outcome, charges=Decimal("12.50")))

    def text(**changed: object) -> str:
        response = scenario.response.model_copy(update=changed)
        return " ".join(" ".join(printed(show_bridge(charged, "CNY", response=response), 120)).split())

    said = "priced by what an average offer of the menu would earn, used or not, barred by a rule or not"
    assert "are charged beyond the horizon" in text(carry_over="charge") and said in text(carry_over="charge")
    assert "are charged beyond the horizon" in text(carry_over="ignore") and said not in text(carry_over="ignore")


def test_one_piece_is_one_piece(scenario: Scenario) -> None:
    """A level of one piece reads as such, two as two."""
    line = ranked(scenario, 1, PHONE_LINES).lines[0]
    assert offer_text(replace(line, pieces=1)).endswith(", 1 piece")
    assert offer_text(replace(line, pieces=2)).endswith(", 2 pieces")


def test_ranges_are_rounded_like_the_rest_of_their_table(scenario: Scenario) -> None:
    """A large liability rounds the whole table to whole units: the rows of quantiles, too."""
    plan = ranked(scenario, 1, PHONE_LINES)
    small = {"profit": Quantiles(p05=Decimal("1.25"), p50=Decimal("2.50"), p95=Decimal("3.75"))}
    owed = replace(plan.outcome, quantiles=small, max_liability=Decimal("3134739.12"), issued=Decimal(3))
    (row,) = (
        each for each in printed(show_outcome(replace(plan, outcome=owed), "CNY", title=""), 120) if "P95" in each
    )
    assert row.endswith("1 / 2 / 4")


def test_a_legend_is_printed_only_where_its_column_says_something(scenario: Scenario) -> None:
    """A careful objective has no bound and hence no gap: nothing is said of one."""
    plans = plan_set(scenario, PHONE_LINES)
    bare = replace(plans, bound=None, plans=tuple(replace(plan, gap=None, optimism=None) for plan in plans.plans))
    for shown, said in ((plans, True), (bare, False)):
        text = " ".join(printed(show_ranking(shown, scenario), 120))
        assert ("gap: how far" in text) is said and ("optimism: share" in text) is said


def test_large_amounts_leave_a_ranking_a_table(scenario: Scenario) -> None:
    """ROI and number of lines give way before the plans stop standing side by side."""
    weighted = scenario.model_copy(update={"objective": Aim.model_validate({"weights": {"profit": 1, "units": 2}})})
    rows = printed(show_ranking(plan_set(scenario, PHONE_LINES, PHONE_LINES[1:], scale="813.7"), weighted), 80)
    assert rows[1].split()[:2] == ["#", "objective"], "not one line a figure"
    assert any(row.startswith("not shown at this width: ") for row in rows)
