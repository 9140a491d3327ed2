# ruff: noqa: E501 - messages stand as people read them
"""What planners write who come from other systems: one message, and its remedy works when it is followed literally."""

from __future__ import annotations

from pathlib import Path

import pytest
from shop import FILES, load_shop, problems_of

from planner.commands.given.lines_file import read_plan
from scenarios.grid import build_grid
from scenarios.language.slips.mechanic_meant import key_meant, mechanic_here
from scenarios.loading.doubtful.notes import doubtful
from scenarios.problems import InvalidInput

START, FLASH, LIMIT = "start: 2026-11-01,", "mechanic: flash_sale, depth: 12%, max_run: 2", "measure: spend, max: 80000"
CALM = "{id: calm, rule: min_gap, periods: 3, where: {mechanics: [flash_sale]}}"


def told(folder: Path, old: str, new: str) -> str:
    """Return the one problem of a shop in which a text is replaced."""
    with pytest.raises(InvalidInput) as refused:
        load_shop(folder, shop={old: new})
    (problem,) = refused.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("old", "new", "wrong", "remedy"),
    [
        (START, "start: @,", "01.11.2026", "write 2026-11-01"),
        (START, "start: @,", "20261101", "write 2026-11-01"),
        ("rule: locked, lines", "rule: locked, until: @, lines", "11/25/2026", "write 2026-11-25"),
        ("periods: 7,", "periods: @,", '"7"', "write 7 without quotes"),
        ("customers: 4000,", "customers: @,", "4 000", "write 4000"),
        ("customers: 4000,", "customers: @,", "4k", "write 4000"),
        ("stock: 500,", "stock: @,", "500 pieces", "write 500"),
        ("{categories: [phones]}, funding", "{categories: @}, funding", "phones", "write [phones]"),
        ("[2026-11-01..2026-11-02]", "[@]", "2026-11-01 to 2026-11-02", "write 2026-11-01..2026-11-02"),
        ("[2026-11-01..2026-11-02]", "[@]", "01.11.2026 - 02.11.2026", "write 2026-11-01..2026-11-02"),
        ("max: 80000", "max: 80000, window: @", "7d", "write 7 days"),
        ("max: 80000", "max: 80000, where: {vendor: @}", "[nova]", "write nova"),
    ],
)
def test_what_a_remedy_says_to_write_is_taken(old, new, wrong, remedy, tmp_path):
    """The value that the message names, in place of the wrong one, makes the scenario valid."""
    message = told(tmp_path, old, new.replace("@", wrong))
    assert message.endswith(f"; {remedy}")
    right = remedy.removeprefix("write ").removesuffix(" without quotes")
    load_shop(tmp_path, shop={old: new.replace("@", right)})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (START, "start: 03/04/2026,", 'horizon.start: expected a date such as 2026-11-01, got "03/04/2026"; write 2026-03-04 or 2026-04-03, whichever is meant'),
        ("mechanic: flash_sale", "type: flash_sale", "offers.flash-12: expected a known key, got type; did you mean mechanic?"),
        ("mechanic: flash_sale", "mechanic: BOGO", 'got "BOGO"; did you mean bundle?'),
        ("customers: 4000", "size: 4000", "segments.young: expected a known key, got size; did you mean customers?"),
        ("measure: spend, max", "measure: budget, max", 'got "budget"; did you mean spend?'),
        ("{id: total-budget, measure: spend, max: 80000}", "total-budget: {measure: spend, max: 80000}", "limits.1: expected the id as a key of its own, got total-budget; write id: total-budget in front of the others, in the same braces"),
        ("depth: 12%, max_run", "depth:12%, max_run", "offers.flash-12: expected a space behind the colon, got depth:12%; write depth: 12%"),
        ("gift: earbuds", "gift: {id: earbuds}", "offers.buds.gift: expected a text, got keys id; write earbuds"),
        ("offers:", "promotions:", "expected a known key, got promotions; did you mean offers?"),
        ("objective: profit", "objective: {pareto: {profit: up, spend: min}}", 'expected one of max, min, got "up"; did you mean max?'),
        ("max: 80000", "max: 80000, where: all", 'limits.total-budget.where: expected keys with values, got "all"; delete where'),
        ("max: 80000", "limit: 80000", "limits.total-budget: expected a known key, got limit; did you mean max?"),
        ("max: 80000", "max: 80000, each: day", "expected one of period, week, month, got \"day\"; did you mean period?"),
        ("max: 80000", "max: 80000, window: 1 month", "write each: month for calendar months, or a number of days"),
        ("max: 80000", "max: 80000, where: {segments: all}", 'expected a list, got "all"; delete segments'),
        ("{date: 2026-11-04,", "{period: 2026-11-04,", "expected a known key, got period; did you mean date?"),
        (FLASH, f"{FLASH}, price: 5", "offers.flash-12: expected the parameters depth (at_most optional), or price, or value for a flash_sale, got depth, price; delete price or depth"),
        ("mechanic: feature", "mechanic: feature, depth: 5%", "offers.front: expected no parameters for a feature, got depth; delete depth"),
        ("spend: 3000, save: 200", "depth: 20%", "add spend and save, delete depth"),
        (FLASH, f"{FLASH}, quantity: 500", "expected shares of the expected uses, such as [50%, 100%], got 500; write shares; for at most 500 uses add a limit with measure: uses and max: 500"),
        ("{2026-11-03: 100}", "{2026-11-03: -100}", "products.phone.arrivals.2026-11-03: expected a number of at least 0, got -100"),
        ("tax_rate: 13%", "tax_rate: 13,5%", "write [13, 5%], or 13.5% for one share"),
        ("[{id: earbuds, unit_cost: 89, stock: 300}]", "{id: earbuds, unit_cost: 89}", "expected a list, got keys id, unit_cost; put brackets around the braces: [{...}]"),
        ("product: phone, offer: cut-15", "product: basket, offer: cut-15", 'expected a product for cut-15, a price_discount, got "basket"; name the product that it is for'),
        ("measure: spend, max: 80000", "measure: orders, max: 80, where: {products: [case]}", "limits.total-budget.where.products: expected no products in the scope of orders, which are counted by whole baskets; delete products, or limit units instead"),
        (FLASH, "mechanic: 3 for 2", 'got "3 for 2"; did you mean bundle? Write buy: 2, get: 1 beside it'),
        (FLASH, "mechanic: 2for5", "did you mean bundle? Write buy: 2, price: 5 beside it"),
        (FLASH, 'mechanic: "3 for £2"', "did you mean bundle? Write buy: 3, price: 2 beside it"),
        (FLASH, "mechanic: BOGOF", "did you mean bundle? Write buy: 1, get: 1 beside it"),
        (FLASH, "mechanic: buy 3 get 1 free", "did you mean bundle? Write buy: 3, get: 1 beside it"),
        (FLASH, "mechanic: buy one get one 50% off", "did you mean bundle? Write buy: 1, get: 1, depth: 50% beside it"),
        (FLASH, "mechanic: second half price", "did you mean bundle? Write buy: 1, get: 1, depth: 50% beside it"),
        (FLASH, "mechanic: multibuy", "did you mean bundle? 3 for 2 is buy: 2, get: 1 beside it, and 2 for 5.00 is buy: 2, price: 5.00"),
        (FLASH, "mechanic: meal deal", "a deal across several products cannot be written: the nearest is a price_discount or coupon on each of them (docs/scenario-language.md, What cannot be written)"),
        (FLASH, "mechanic: bundle, buy: 3, pay: 2", "offers.flash-12: expected a known key; the parameters are buy with get (depth optional), or buy with price for a bundle, got pay; write buy: 2, get: 1 (3 for the price of 2) in place of buy: 3 and pay"),
        (FLASH, "mechanic: bundle, buy: 2, pay: 5000", "write price: 5000, what all pieces cost together"),
        (FLASH, "mechanic: bundle, buy: 2, free: 1", "write get: 1"),
        (FLASH, "mechanic: bundle, products: [phone, case]", "products go under applies_to, each with a bundle of its own; a deal across several products cannot be written"),
        (FLASH, "mechanic: bundle, buy: 2", "expected the parameters buy with get (depth optional), or buy with price for a bundle, got buy; add get or price"),
        (FLASH, "mechanic: bundle, buy: 1, price: 2500", "expected at least 2 pieces for one price (buy), got 1; write mechanic: price_discount, price: 2500 for a lower price of one piece"),
        (FLASH, "mechanic: bundle, buy: 2, price: 5398", "expected a price below that of 2 pieces of every product it applies to, got 5398 against 5398 for 2 pieces of phone; change it, or narrow applies_to"),
        ("rule: min_gap", "rule: max_in_row", "did you mean max_run?"),
        ("measure: spend, max: 80000", "measure: promotions, min: 3, each: week", 'got "promotions"; did you mean lines?'),
        ("measure: spend, max: 80000", "measure: lines, max: 3, where: {segments: [young]}", "limits.total-budget.where.segments: expected no segments in the scope of lines, because public lines are for everybody; write layer: targeted beside them to count the lines of their own, or delete segments"),
        ("rule: min_gap", "rule: cool-down", "did you mean min_gap?"),
    ],
)  # fmt: skip
def test_one_message_says_what_is_meant_here(old, new, message, tmp_path):
    """Words of other systems, each answered by one line that names the word of this one."""
    assert message in told(tmp_path, old, new)


@pytest.mark.parametrize(
    "word", ["buy 0 get 1", "buy 1 get 0 free", "buy 1 get 1 0% off", "3 for 0", "3 for 0.00", "0 for 2"]
)
def test_a_promotion_of_nothing_has_no_remedy(word):
    """Neither the schema nor anybody else takes a bundle of no pieces, or for no money."""
    assert mechanic_here(word) == ""


@pytest.mark.parametrize(
    "keys",
    [
        *({"buy": 2, "free": value} for value in (0, -1, 1.5)),
        {"buy": 2, "plus": 1.5},
        {"buy": 3, "pay": 3},
        {"buy": 2, "pay": 5},
        {"buy": 3, "pay": 0},
        {"get": 1, "pay": 2},
        {"buy": 1, "total": 5.5},
        *({"buy": 3, "total": value} for value in (0, -1, float("nan"), float("inf"))),
    ],
)
def test_a_key_without_a_sure_meaning_has_no_remedy(keys):
    """What the schema would refuse, and three for the price of 3.00 where three were to be paid, is not advised."""
    assert key_meant(list(keys)[-1], {"mechanic": "bundle", **keys}) is None


def test_an_unknown_key_is_told_the_keys_of_its_own_mechanic(tmp_path):
    """A bundle is not told of value, spend or gift, which are other mechanics'."""
    message = told(tmp_path, FLASH, "mechanic: bundle, buy: 2, get: 1, blub: 4")
    known = message.partition("known: ")[2].split(", ")
    assert {"buy", "get", "depth", "price", "layer", "funding"} <= set(known)
    assert not {"value", "spend", "save", "gift", "worth"} & set(known)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("mechanic: 3 for 2", "mechanic: bundle, buy: 2, get: 1"),
        ("mechanic: 2 for 5000", "mechanic: bundle, buy: 2, price: 5000"),
        ("mechanic: bundle, buy: 3, pay: 2", "mechanic: bundle, buy: 2, get: 1"),
        ("mechanic: bundle, buy: 2, total: 5000", "mechanic: bundle, buy: 2, price: 5000"),
    ],
)
def test_what_a_bundle_is_told_to_be_is_taken(written, right, tmp_path):
    """The parameters that the message names make the scenario valid."""
    message = told(tmp_path, FLASH, written)
    for part in right.removeprefix("mechanic: bundle, ").split(", "):
        assert part in message or part in written
    load_shop(tmp_path, shop={FLASH: right})


@pytest.mark.parametrize(
    ("rule", "note"),
    [
        ("rule: only_after, where: {offers: [flash-12]}, after: {offers: [cut-15], products: [case]}", "rule calm: no offer lies in its after, so no line of its where may ever run"),
        ("rule: never_with, where: {offers: [flash-12]}, with: {offers: [cut-15], products: [case]}", "rule calm: no offer lies in its with, so it never keeps anything apart"),
        ("rule: min_run, periods: 9", "rule calm: 9 periods are more than the 7 of the horizon, so no line of its where runs but one that goes on from before it"),
        ("rule: min_run, periods: 3, where: {mechanics: [flash_sale]}", "rule calm: flash-12, the only offer of its where, has max_run: 2, so no line of calm runs but one that goes on from before the horizon"),
        ("rule: min_run, periods: 3}, {id: short, rule: max_run, periods: 2", "rules calm and short: runs of 3 periods or more and of 2 or less, so no line of calm runs but one that goes on from before the horizon"),
        ("rule: min_run, periods: 3, per: [offer]}, {id: short, rule: cycle, run: 1, rest: 1, per: [offer]", "rules calm and short: runs of 3 periods or more and of 1 or less, so no line of calm runs but one that goes on from before the horizon"),
        ("rule: locked, until: 2026-10-30, lines: []", "rule calm: until 2026-10-30 lies before the horizon, so it refuses nothing"),
        ("rule: at_most_one, where: {products: [case], categories: [phones]}", "rule calm: no product lies in both products and categories of its where, so nothing ever counts in it"),
        ("rule: max_frequency, max: 3, periods: 2", "rule calm: 3 in any 2 periods is every period, so it refuses nothing"),
    ],
)  # fmt: skip
def test_rules_that_forbid_everything_or_nothing_are_noted(rule, note, tmp_path):
    """They may be meant, so validate takes them, and says what they come to."""
    assert f"  - {CALM}" in FILES["shop.yaml"]
    rules = f"{{id: calm, {rule}}}".replace("}, {id: short", "}\n  - {id: short")
    assert note in doubtful(load_shop(tmp_path, shop={CALM: rules}))


@pytest.mark.parametrize(
    "rule",
    [
        "rule: min_run, periods: 2, where: {mechanics: [flash_sale]}",
        "rule: min_run, periods: 3, where: {mechanics: [flash_sale, price_discount]}",
        "rule: min_run, periods: 3}\n  - {id: short, rule: max_run, periods: 2, where: {mechanics: [feature]}",
    ],
)
def test_runs_that_can_be_kept_are_not_noted(rule, tmp_path):
    """As long as one run is both long and short enough, there is nothing to say."""
    assert doubtful(load_shop(tmp_path, shop={CALM: f"{{id: calm, {rule}}}"})) == doubtful(load_shop(tmp_path))


def test_a_part_of_pull_forward_leaves_the_other_at_its_default(tmp_path):
    """Whoever gives the share alone has the three periods of the default, and the other way round."""
    for given, share, periods in (("share: 15%", 0.15, 3), ("periods: 5", 0.10, 5)):
        loaded = load_shop(tmp_path, shop={"pull_forward: {share: 10%, periods: 3}": f"pull_forward: {{{given}}}"})
        terms = loaded.scenario.response.pull_forward
        assert (terms.share, terms.periods) == (share, periods)


@pytest.mark.parametrize(
    ("stem", "old", "new", "message"),
    [
        ("baseline", "segment,product,period,units", "segment,sku,period,units", "baseline.csv:1: header: expected a known column, got sku; did you mean product?"),
        ("baskets", "segment,order_value,orders", "segment,value,orders", "baskets.csv:1: header: expected a known column, got value; did you mean order_value?"),
        ("effects", "period,offer,lift,", "period,promo,lift,", "effects.csv:1: header: expected a known column, got promo; did you mean offer?"),
    ],
)  # fmt: skip
def test_columns_of_other_systems_are_one_problem(stem, old, new, message, tmp_path):
    """A column that is called otherwise is not missing as well."""
    assert problems_of(tmp_path, **{stem: {old: new}}) == [message]


def test_tables_and_plans_by_hand_say_how_a_date_is_written(tmp_path):
    """A baseline, arrivals in a table of products, and lines of a plan: the date itself stands in the message."""
    rows = problems_of(tmp_path, baseline={"young,phone,,30": "young,phone,03.11.2026,30"})
    assert rows == [
        'baseline.csv:2: period: expected a date such as 2026-11-01, or a blank for every period, got "03.11.2026"; write 2026-11-03'
    ]
    lines = tmp_path / "lines.csv"
    lines.write_text("date,product,segment,offer\n03.11.2026,phone,,cut-15\n", "utf-8")
    with pytest.raises(InvalidInput, match=r'got "03\.11\.2026"; write 2026-11-03'):
        read_plan(lines, build_grid(load_shop(tmp_path).scenario))


@pytest.mark.parametrize(
    ("arrivals", "said"),
    [
        (
            "2026-11-03:100;2026-11-03:50",
            "goods.csv:4: arrivals: expected each date once, got 2026-11-03 again; write one number for the date",
        ),
        (
            "2026-11-03=100",
            "goods.csv:4: arrivals: expected dates and units such as 2026-11-06:1500;2026-11-09:200, got "
            "2026-11-03=100; after each date write a colon and whole units, without separators of thousands",
        ),
        ("2026-11-03:100;", None),
    ],
    ids=["a date twice", "another sign", "a semicolon at the end"],
)
def test_arrivals_in_a_table_are_whole_or_say_how_they_are_written(arrivals, said, tmp_path):
    """Neither is a number lost that another one of its date would replace, nor is a right date called wrong."""
    shop = FILES["shop.yaml"]
    listed = shop[shop.index("products:") : shop.index("offers:")]
    header, case = "id,category,price,unit_cost,stock,arrivals", "case,extras,79,20,,\nphone-pro,phones,3999,2760,,"
    tmp_path.joinpath("goods.csv").write_text(f"{header}\n{case}\nphone,phones,2699,1890,500,{arrivals}\n", "utf-8")
    found = problems_of(tmp_path, shop={listed: "products: {table: goods.csv}\n"})
    assert found == ([] if said is None else [said])
