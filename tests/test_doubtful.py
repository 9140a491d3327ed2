"""Slips that are valid all the same are noted by validate: a cost that was a share, an order that holds too much."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run
from shop import load_shop, problems_of, write_shop

from scenarios.loading.doubtful.notes import doubtful
from scenarios.loading.load import load_scenario


def test_a_share_without_its_percent_sign_is_noted(tmp_path: Path) -> None:
    """0.62 in place of 62% is noted with both readings; a share that is as small, and a cost of 2 %, are not."""
    slip = load_shop(tmp_path, shop={"unit_cost: 2760": "unit_cost: 0.62"})
    assert doubtful(slip) == ("phone-pro costs 0.62, 0.02 % of its price of 3999: a share is written 62%",)
    assert doubtful(load_shop(tmp_path, shop={"unit_cost: 2760": "unit_cost: 1%"})) == ()
    assert doubtful(load_shop(tmp_path, shop={"unit_cost: 2760": "unit_cost: 79.98"})) == ()
    assert doubtful(load_shop(tmp_path, shop={"unit_cost: 2760": "unit_cost: 60"})) == (
        "phone-pro costs 60, 1.5 % of its price of 3999: check both",
    )


@pytest.mark.parametrize(
    ("floor", "said"),
    [
        ("min: 10000", ()),
        (
            "min: 10001",
            ("limit total-budget: no plan reaches 10,001 customers, because there are 10,000 in its scope",),
        ),
        (
            "min: 6001, where: {segments: [old]}",
            ("limit total-budget: no plan reaches 6,001 customers, because there are 6,000 in its scope",),
        ),
    ],
    ids=["everybody", "more than everybody", "more than a segment"],
)
def test_a_floor_above_all_customers_is_noted(tmp_path: Path, floor: str, said: tuple[str, ...]) -> None:
    """Planning proves it, after the tables are made; whoever writes the number sees it at once."""
    edit = {"measure: spend, max: 80000": f"measure: customers_reached, {floor}"}
    assert doubtful(load_shop(tmp_path, shop=edit)) == said


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({}, "cost, and no funding of an offer in its scope has a per_unit or per_line for that"),
        ({"{vendor: nova, share: 60%}": "{vendor: nova, per_unit: 5}"}, "and not by the plan without"),
    ],
)
def test_a_budget_below_zero_is_noted(tmp_path: Path, edit: dict[str, str], said: str) -> None:
    """Vendors who pay by the unit may pay more than promotions cost; a share of the costs never does."""
    (found,) = doubtful(load_shop(tmp_path, shop={"measure: spend, max: 80000": "measure: spend, max: -5"} | edit))
    assert found.startswith("limit total-budget: a spend of at most -5 is kept only where vendors pay more")
    assert said in found


@pytest.mark.parametrize(
    ("floor", "said"),
    [
        ("min: 600, where: {products: [phone]}", ()),
        ("min: 601, where: {products: [phone]}", ("601 units", "there are 600 of phone")),
        ("min: 601, each: period, where: {categories: [phones], products: [phone]}", ("601 units", "600 of phone")),
        ("min: 9000, where: {products: [phone, case]}", ()),
    ],
    ids=["all of it", "more", "more in a day", "one of them without a limit"],
)
def test_a_floor_above_all_stock_is_noted(tmp_path: Path, floor: str, said: tuple[str, ...]) -> None:
    """Planning proves it too; a digit too many is seen where it is written."""
    edit = {"measure: spend, max: 80000": f"measure: units, {floor}"}
    found = [each for each in doubtful(load_shop(tmp_path, shop=edit)) if "no plan sells" in each]
    assert len(found) == bool(said)
    assert all(each in found[0] for each in said)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            {"measure: spend, max: 80000": "measure: lines, max: 2.5"},
            "limit total-budget: lines are whole, so that at most 2.5 of them are at most 2",
        ),
        (
            {"measure: spend, max: 80000": "measure: lines, min: 2.5"},
            "limit total-budget: lines are whole, so that at least 2.5 of them are at least 3",
        ),
        ({"{id: push,": "{id: push, reach: 0%,"}, "channel push: a reach of 0% lets coupon"),
        ({"return_rate: 4%": "return_rate: 4%, return_cost: 650"}, "return_cost 650 of case is more than the price"),
        (
            {"{vendor: nova, share: 60%}": "{vendor: nova, per_line: 2000}, fixed_cost: 20"},
            "offer cut-15: nova pays 2000 for each line, which costs 20, 100 times as much",
        ),
    ],
    ids=["half a line", "at least half a line", "nobody is reached", "returns", "a line's cost"],
)
def test_amounts_that_are_meant_for_something_else_are_noted(tmp_path: Path, edit: dict[str, str], said: str) -> None:
    """Each is valid, and hardly what somebody wanted to say."""
    assert any(each.startswith(said) for each in doubtful(load_shop(tmp_path, shop=edit)))


def test_many_costs_are_counted(tmp_path: Path) -> None:
    """A whole column in the wrong unit is three products by name and the number of the others."""
    rows = "".join(f"  - {{id: p{n}, category: extras, price: 100, unit_cost: 0.5}}\n" for n in range(5))
    text = write_shop(tmp_path).read_text("utf-8").replace("offers:\n", rows + "offers:\n", 1)
    (tmp_path / "shop.yaml").write_text(text, "utf-8")
    units = "".join(f",p{n},,5\n" for n in range(5))
    with (tmp_path / "baseline.csv").open("a", encoding="utf-8") as file:
        file.write(units)
    said = doubtful(load_scenario(str(tmp_path / "shop.yaml")))
    assert len(said) == 4 and said[-1] == "so do 2 more products"


def test_a_cost_that_holds_the_tax_is_noted(tmp_path: Path) -> None:
    """3600 lies below the price of 3999 with tax, and above the 3538.94 that are left of it at 13 %."""
    lost = "sold at a loss without any offer; is the cost with tax?"
    said = f"phone-pro: costs 3600.00 and brings 3538.94 net of tax: {lost}"
    assert doubtful(load_shop(tmp_path, shop={"unit_cost: 2760": "unit_cost: 3600"})) == (said,)
    assert doubtful(load_shop(tmp_path, shop={"unit_cost: 2760": "unit_cost: 3538.94"})) == ()
    assert doubtful(load_shop(tmp_path, shop={"unit_cost: 2760": "unit_cost: 100%"})) == ()


def test_a_column_of_costs_with_tax_is_counted_and_effects_says_so_too() -> None:
    """Three products by name, then the number of the others: no break-even lift of theirs means anything."""
    costs = {"espresso-1kg": "19.5", "filter-1kg": "17.5", "grinder": "78", "kettle": "53"}
    options = tuple(f"products.{product}.unit_cost={cost}" for product, cost in costs.items())
    said = doubtful(load_scenario("template-basic", options))
    assert len(said) == 4 and said[-1] == "so is 1 more product sold at a loss"
    result = run("effects", "template-basic", *(word for option in options for word in ("--set", option)))
    assert "espresso-1kg: costs 19.50 and brings 16.72 net of tax" in result.stdout
    assert "sold at a loss" not in run("effects", "template-basic").stdout


SIX = """\
  - {id: food-1, category: food, price: 2899, unit_cost: 62%}
  - {id: food-2, category: food, price: 3650, unit_cost: 66%}
  - {id: food-3, category: food, price: 2399, unit_cost: 60%}
  - {id: treat-1, category: treats, price: 250, unit_cost: 48%}
  - {id: treat-2, category: treats, price: 420, unit_cost: 44%}
  - {id: bed, category: beds, price: 2999, unit_cost: 47%}
"""


def costs(folder: Path, edits: dict[str, str], rows: str = SIX) -> tuple[str, ...]:
    """What is said of six more products beside the shop's three, all with costs as shares."""
    for old, new in edits.items():
        assert old in rows
        rows = rows.replace(old, new, 1)
    text = write_shop(folder).read_text("utf-8").replace("offers:\n", rows + "offers:\n", 1)
    (folder / "shop.yaml").write_text(text, "utf-8")
    with (folder / "baseline.csv").open("a", encoding="utf-8") as file:
        file.write("".join(f",{line.split('id: ')[1].split(',')[0]},,5\n" for line in rows.splitlines()))
    return doubtful(load_scenario(str(folder / "shop.yaml")))


def test_a_cost_that_lacks_its_percent_sign_among_shares_is_noted(tmp_path: Path) -> None:
    """62 for 62% of 2899 is above any threshold of its own; what others write tells. A true amount is none."""
    for number, (slip, said) in enumerate(
        (
            ("2899, unit_cost: 62%", "food-1 costs 62, 2.1 % of its price of 2899"),
            ("250, unit_cost: 48%", "treat-1 costs 48, 19 % of its price of 250"),
        )
    ):
        (folder := tmp_path / str(number)).mkdir()
        written = slip.rpartition(" ")[2]
        asked = f"{said}, and most other costs are written as shares: write {written} if that is meant"
        assert costs(folder, {slip: slip.removesuffix("%")}) == (asked,)
    (folder := tmp_path / "true").mkdir()
    assert costs(folder, {"250, unit_cost: 48%": "150, unit_cost: 60"}) == ()


def test_a_cost_far_below_those_of_its_category_is_noted(tmp_path: Path) -> None:
    """A digit lost: a quarter of what others of the category cost for their price, or of all others."""
    amounts = SIX.replace("62%", "1523").replace("66%", "2041").replace("60%", "1220").replace("47%", "1194")
    (folder := tmp_path / "none").mkdir()
    assert costs(folder, {}, amounts) == ()
    (folder := tmp_path / "category").mkdir()
    assert costs(folder, {"unit_cost: 1220": "unit_cost: 122"}, amounts) == (
        "food-3 costs 122, 5.1 % of its price of 2399, and others of food cost about 54% of theirs: check both",
    )
    (folder := tmp_path / "all").mkdir()
    (said,) = costs(folder, {"unit_cost: 1194": "unit_cost: 119.4"}, amounts)
    assert said.startswith("bed costs 119.4, 4.0 % of its price of 2999, and the others cost about ")


def test_a_vendor_who_pays_for_products_of_others_is_noted(tmp_path: Path) -> None:
    """Where nova supplies one of two phones, its offer on both is noted; who supplies nothing may fund anything."""
    other = {"2760, vendor: nova": "2760"}
    assert doubtful(load_shop(tmp_path, shop=other)) == (
        "offer cut-15: nova pays on phone-pro too, which it does not supply; applies_to narrows the offer, "
        "or vendor: of_product lets each product's own vendor pay",
    )
    nothing = other | {"arrivals: {2026-11-03: 100}, vendor: nova": "arrivals: {2026-11-03: 100}"}
    assert doubtful(load_shop(tmp_path, shop=nothing)) == ()


def test_an_order_that_holds_more_than_is_sold_is_noted(tmp_path: Path) -> None:
    """60 orders with 200 units each are 12,000 units a day; the young buy 112."""
    said = doubtful(load_shop(tmp_path, baskets={"young,79,60,1": "young,79,60,200"}))
    assert said == (
        "baskets.csv: young, order_value 79: 60 orders with 200 units each are 12,000 units a period, and the baseline "
        "knows 112 of young",
    )
    assert doubtful(load_shop(tmp_path)) == ()


def test_rows_of_one_product_are_compared_with_its_own_sales(tmp_path: Path) -> None:
    """A row that names a product is set against what the segment buys of it."""
    path = write_shop(tmp_path)
    header, *rows = (tmp_path / "baskets.csv").read_text("utf-8").splitlines()
    lines = [f"{header},product", *(f"{row}," for row in rows), "old,,40,50,case", ""]
    (tmp_path / "baskets.csv").write_text("\n".join(lines), "utf-8")
    (said,) = doubtful(load_scenario(str(path)))
    assert said.startswith("baskets.csv: old, case: 40 orders with 50 units each are 2,000 units a period")
    assert said.endswith("the baseline knows 50 of case to old")


def test_a_limit_or_rule_that_looks_at_no_offer_is_noted(tmp_path: Path) -> None:
    """Bundles where there are none, and coupons on phones where the coupon is for cases; one offer is enough."""
    limit, scope = "  - {id: margin, measure: margin_rate, min: 8%}", "{mechanics: [coupon], categories: [phones]}"
    slip = load_shop(
        tmp_path,
        shop={
            "where: {mechanics: [flash_sale]}": "where: {mechanics: [bundle]}",
            limit: f"{limit}\n  - {{id: coupons, measure: spend, max: 9, where: {scope}}}",
        },
    )
    assert doubtful(slip) == (
        "limit coupons: no offer lies in its where, so no line ever counts in it",
        "rule calm: no offer lies in its where, so no line ever counts in it",
    )
    both = {"where: {mechanics: [flash_sale]}": "where: {mechanics: [bundle, threshold]}"}
    assert doubtful(load_shop(tmp_path, shop=both)) == ()


def test_a_share_the_wrong_way_round_is_noted(tmp_path: Path) -> None:
    """Revenue is there without lines and spend is not, so it is never at most so much of it; the reverse is fine."""
    limit = "  - {id: margin, measure: margin_rate, min: 8%}"

    def said(share: str) -> tuple[str, ...]:
        return doubtful(load_shop(tmp_path, shop={limit: f"{limit}\n  - {{id: odd, {share}}}"}))

    assert said("measure: revenue, max: 20%, share_of: {measure: spend}, window: 2 days") == (
        "limit odd: without promotion there is revenue and no spend, so a plan breaks this max wherever no line runs",
    )
    (sentence,) = said("measure: units, max: 20%, share_of: {measure: units, where: {layer: targeted}}")
    assert sentence.endswith("and no units in the where of share_of, so a plan breaks this max if no line runs")
    assert said("measure: spend, max: 20%, share_of: {measure: revenue}") == ()
    assert said("measure: revenue, min: 20%, share_of: {measure: spend}") == ()
    assert said("measure: units, max: 20%, where: {layer: targeted}, share_of: {measure: units}") == ()


def test_a_share_without_its_percent_sign_in_a_limit_is_noted(tmp_path: Path) -> None:
    """9 for 9% of revenue would never bind; what may well be several times the whole, and 900%, are meant."""
    limit = "  - {id: margin, measure: margin_rate, min: 8%}"

    def said(share: str) -> tuple[str, ...]:
        return doubtful(load_shop(tmp_path, shop={limit: f"{limit}\n  - {{id: burden, {share}}}"}))

    assert said("measure: discount, max: 9, share_of: {measure: revenue}, each: week") == (
        "limit burden: a max of 9 is 900% of revenue; a percentage is written 9%",
    )
    assert said("measure: vendor_funding, min: 50, share_of: {measure: gross_spend}") == (
        "limit burden: a min of 50 is 5000% of gross_spend; a percentage is written 50%",
    )
    for fine in (
        "measure: discount, max: 900%, share_of: {measure: revenue}",
        "measure: discount, max: 0.9, share_of: {measure: revenue}",
        "measure: revenue, min: 4, share_of: {measure: spend}",
        "measure: contacts, max: 3, share_of: {measure: customers_reached}",
    ):
        assert said(fine) == ()


@pytest.mark.parametrize("name", ["phone-flash-sale", "singles-day", "template-basic"])
def test_shipped_scenarios_hold_no_slip(name: str) -> None:
    """Nothing is noted where nothing is odd."""
    assert doubtful(load_scenario(name)) == ()


def test_a_shelf_price_of_nothing_is_noted(tmp_path: Path) -> None:
    """Who writes depth: 1.00 means one unit of money off; 100% at the shelf is hardly meant either."""
    edit = {"mechanic: flash_sale, depth: 12%": "mechanic: flash_sale, depth: 1.00"}
    said = "offer flash-12: a depth of 100% gives the goods away; 1.00 off each unit is written value: 1.00"
    assert doubtful(load_shop(tmp_path, shop=edit)) == (said,)


def test_two_of_one_name_are_noted(tmp_path: Path) -> None:
    """Reports show names: two products called alike are one to whoever reads them."""
    edit = {"{id: phone, ": "{id: phone, name: The phone, ", "{id: phone-pro, ": "{id: phone-pro, name: The phone, "}
    said = "products phone, phone-pro have the same name, The phone: people cannot tell them apart"
    assert doubtful(load_shop(tmp_path, shop=edit)) == (said,)


def test_an_id_that_is_refused_is_no_remedy(tmp_path: Path) -> None:
    """The id with a space is one problem; a line that names it is not told to write it so."""
    edit = {"{id: cut-15,": "{id: cut 15,", "product: phone, offer: cut-15": "product: phone, offer: cut-15x"}
    told = problems_of(tmp_path, shop=edit)
    assert any("id" in each and "cut 15" in each for each in told)
    assert not any("did you mean cut 15?" in each for each in told)
