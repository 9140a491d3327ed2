"""What a sweep says of its limit: where it binds or holds plans back, and which of its prices are told."""

from __future__ import annotations

from dataclasses import replace

from plan_sets import limit
from swept import shown, swept

from planner.report.sweep_data import sweep_columns, sweep_json
from planner.sweep.binding import stops_binding


def test_of_a_floor_less_is_what_gives_way() -> None:
    """The rate between two rows has the sign of the price, and less of a floor is said to be worth something."""
    option = "limits.eggs.min=17700,18100"
    verdicts = [
        limit("eggs", "units", bound, used, sense="min", binding=True, price=1.2)
        for bound, used in (("17700", "17750"), ("18100", "18150"))
    ]
    result = swept(option, *verdicts, limit_id="eggs", worth=("3400", "3000"))
    text = shown(result)
    assert "per unit less: what each unit less of the varied value has added" in text and "1.00" in text
    assert "-1.00" not in text
    assert "binds: the plan is less than 1 % above the limit, and less of it is worth something" in text
    assert "price: what one unit less is worth" in text
    assert str(stops_binding(result)).endswith("plans are less than 1 % above it everywhere")
    met = swept(option, *(replace(each, shadow_price=0.0) for each in verdicts), limit_id="eggs", worth=("3", "3"))
    assert "just met: the plan is less than 1 % above it, but less is worth nothing" in shown(met)
    assert str(stops_binding(met)).endswith("1 % above it or more everywhere, or less of it is worth nothing")
    roomy = [replace(verdict, binding=False) for verdict in verdicts]
    text = str(stops_binding(swept(option, *roomy, limit_id="eggs", worth=("3000", "3000"))))
    assert text.endswith("no bound looser than 17,700 was planned: lines come whole, so less of it may still gain")
    text = str(stops_binding(swept(option, *roomy, limit_id="eggs", worth=("3400", "3000"))))
    assert text.startswith("eggs: it holds plans back at 18,100, where plans are above it but lines come whole")


def test_a_ceiling_with_room_holds_plans_back_where_a_looser_one_earns_more() -> None:
    """989 spent of 1,000 and a line costs 350: what is left buys nothing, and the next 3,000 bring 2,468 more."""
    verdicts = [
        limit("budget", "spend", bound, used)
        for bound, used in (("1000", "989.28"), ("4000", "3900"), ("7000", "5210"))
    ]
    result = swept("limits.budget.max=1000,4000,7000", *verdicts, limit_id="budget", worth=("1206", "3674", "3676"))
    text = shown(result)
    assert "holds back: lines come whole, and a looser bound of this sweep earned more" in text
    assert text.count(" holds back ") == 1 and text.count(" has room ") == 2
    assert str(stops_binding(result)) == (
        "budget: it holds plans back at 1,000, where some of it is left but lines come whole: a looser bound earned "
        "more; it holds nothing back at 4,000 and 7,000"
    )
    assert [point["holds_back"] for point in sweep_json(result, "s")["points"]] == [True, False, False]
    assert sweep_columns(result)["holds_back"] == [True, False, False]
    falling = swept(
        "limits.budget.max=7000,4000,1000", *verdicts[::-1], limit_id="budget", worth=("3676", "3674", "12")
    )
    assert [falling.holds_back(point) for point in falling.points] == [False, False, True]


def test_a_price_that_the_rows_beside_it_belie_is_not_told() -> None:
    """Measured beats estimated: no row that has room shows a price, nor one that its neighbours' steps contradict."""
    verdicts = [
        limit("roll", "spend", bound, used, price=price)
        for bound, used, price in (
            ("280000", "271929", 0.146),
            ("300000", "282623", 0.184),
            ("320000", "307621", 0.146),
            ("340000", "307621", 0.146),
        )
    ]
    option = "limits.roll.max=280000,300000,320000,340000"
    result = swept(option, *verdicts, limit_id="roll", worth=("156876", "164612", "189635", "189635"))
    text = shown(result)
    assert text.count("holds back") == 3 and text.count("has room") == 2, "two rows and a legend, and two rows"
    assert "~" not in text and "0.387" in text and "1.25" in text
    assert "-: none was made, some of the limit is left, or the rows beside it tell otherwise" in text
    assert [each["price_agrees"] for each in sweep_json(result, "s")["points"]] == [False] * 4
    assert str(stops_binding(result)).endswith("; no bound looser than 340,000 was planned")


def test_a_price_between_what_the_rows_beside_it_measured_is_told() -> None:
    """Where less and less is added, a price lies between the steps on both sides; of a floor the signs turn."""
    budget = [
        limit("b", "spend", bound, bound, binding=True, price=price)
        for bound, price in (("100", 3.0), ("200", 1.5), ("300", 9.0))
    ]
    for worth, wanted in ((("10", "210", "310"), [True, True, False]), (("10", "210", "210"), [True, False, False])):
        result = swept("limits.b.max=100,200,300", *budget, limit_id="b", worth=worth)
        assert sweep_columns(result)["price_agrees"] == wanted
        assert "~1.50" in shown(result) if wanted[1] else "~1.50" not in shown(result)
    floor = [replace(each, sense="min") for each in budget[::-1]]
    result = swept("limits.b.min=300,200,100", *floor, limit_id="b", worth=("10", "110", "150"))
    assert sweep_columns(result)["price_agrees"] == [True, True, False]
    free = [replace(each, shadow_price=0.0) for each in budget]
    result = swept("limits.b.max=100,200,300", *free, limit_id="b", worth=("10", "210", "210"))
    assert sweep_columns(result)["price_agrees"] == [False, True, True]


def test_a_limit_with_room_and_a_price_is_not_said_to_be_enough() -> None:
    """Lines come whole: 2 % that no line fits into do not mean that more of the limit brings nothing."""
    verdicts = [limit("total-budget", "spend", bound, "1", price=price) for bound, price in (("10", 0.0), ("20", 1.7))]
    worth = ("2", "2")
    result = swept("limits.total-budget.max=10,20", *verdicts, limit_id="total-budget", worth=worth)
    assert str(stops_binding(result)).endswith(
        "no bound looser than 20 was planned: lines come whole, so more of it may still gain"
    )
    free = [replace(verdict, shadow_price=0.0) for verdict in verdicts]
    result = swept("limits.total-budget.max=10,20", *free, limit_id="total-budget", worth=worth)
    assert str(stops_binding(result)).endswith("is left everywhere")


def test_a_limit_at_risk_is_not_read_beside_the_expected_spend() -> None:
    """162 spent of 200 and yet it binds: the use that counts is that of bad futures."""
    told = "the limit counts its use in 95% of the futures, not the expected one"
    option, worth = "limits.total-budget.max=100,200", ("1", "2")
    for risk in ("99.9", None):
        verdicts = [limit("total-budget", "spend", bound, "80", at_risk=risk, price=1.0) for bound in ("100", "200")]
        assert (told in shown(swept(option, *verdicts, limit_id="total-budget", worth=worth))) == (risk is not None)
