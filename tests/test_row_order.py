"""The same data in another order of its rows is the same data, to the last bit, whatever reads it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from experiment_files import rows, write
from purchase_files import Shop, load

from surrogate.data.canonical import GRID, marks_of, on_grid, sorted_rows
from surrogate.effects.fine_groups import group_customers
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment

DAYS = {"d": "2026-02-02", "e": "2026-02-15"}


def rich_shop():
    """Return a shop with every table, receipts of several goods at odd prices, returns, repeats and contradictions."""
    rng = np.random.Generator(np.random.Philox(3))
    shop = Shop()
    sales = shop.sales
    sales["receipt"] = sales["cust"] + sales["at"]
    sales["paid"] = np.round(sales["paid"] * rng.uniform(0.9, 1.1, len(sales)), 2)
    sales["shop"] = rng.choice(["north", "south", "west"], len(sales))
    sales["coupon"] = np.where(sales.index % 37 == 0, 0.13, 0.0)
    back = sales.iloc[::41].assign(qty=-1)
    shop.sales = pd.concat([sales, sales.iloc[::50].assign(receipt="other"), back, sales.iloc[::29]])
    shop.sales = shop.sales.reset_index(drop=True)
    shop.sales.loc[shop.sales["receipt"].str.contains("-03-"), "cust"] = ""  # some receipts are nobody's
    shop.sales["under"] = np.where(np.arange(len(shop.sales)) % 23 == 0, "big", "")
    shop.columns.update(store="shop", coupon_discount="coupon", order_offer_used="under")
    names = sorted(sales["cust"].unique())
    people = pd.DataFrame({"c": names, "age": rng.integers(20, 70, len(names)).astype(float), "since": "2025-01-01"})
    people = pd.concat([people, people.head(9).assign(age=33.0, since="2025-06-01"), people.tail(9).assign(age=np.nan)])
    goods = shop.tables["goods.csv"].assign(line=["x", "x", "y", "z"])
    skus, some = goods["sku"].tolist(), names[::3]
    told = pd.MultiIndex.from_product([some, skus], names=["c", "p"]).to_frame(index=False).assign(**DAYS)
    shown = pd.DataFrame({"p": skus * 3, "s": ["north", "south", "west"] * 4, "d": "2026-03-02", "n": [1, 1, 0] * 4})
    words = pd.DataFrame({"c": names * 3, "w": rng.choice(["tea", "red cup", "茶"], 3 * len(names)), "m": 0.3, **DAYS})
    shop.tables = {
        "goods.csv": pd.concat([goods, goods.head(2).assign(line="w"), goods.head(2)]),
        "people.csv": people,
        "told.csv": told,
        "shown.csv": shown,
        "left.csv": shown.assign(n=np.where(shown["p"] == skus[0], 0.0, 0.1 * shown["n"])),
        "words.csv": words,
        "held.csv": pd.DataFrame({"c": names[1::3], "o": np.resize(["cut", ""], len(names[1::3])), "d": "2026-02-02"}),
        "log.csv": pd.concat(
            [told.assign(o="cut"), told.head(4).assign(o="all", c=""), told.head(1).assign(o="big", c="", p="")]
        ),
    }
    shop.data["files"] |= {
        "products": {"file": "goods.csv", "product": "sku", "category": "cat", "line": "line"},
        "demographics": {"file": "people.csv", "customer": "c", "numeric": "age", "known_since": "since"},
        "mailings": {"file": "told.csv", "customer": "c", "product": "p", "first_day": "d", "last_day": "e"},
        "promotions": {"file": "shown.csv", "product": "p", "store": "s", "time": "d", "display": "n"},
        "browsing": {"file": "words.csv", "customer": "c", "time": "d", "minutes": "m"},
        "searches": {"file": "words.csv", "customer": "c", "time": "d", "words": "w"},
        "stock": {"file": "left.csv", "product": "p", "time": "d", "stock": "n"},
        "holdout": {"file": "held.csv", "customer": "c", "offer": "o", "first_day": "d"},
        "offers": {
            "file": "log.csv", "offer": "o", "product": "p", "customer": "c", "first_day": "d", "last_day": "e",
        },
    }  # fmt: skip
    shop.data["past_offers"] = {
        "cut": {"mechanic": "coupon", "depth": "20%", "layer": "targeted"},
        "all": {"mechanic": "price_discount", "depth": "10%"},
        "big": {"mechanic": "threshold", "spend": 20, "save": 2},
    }
    return shop


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Return the events of that shop."""
    return load(rich_shop(), tmp_path_factory.mktemp("first"))


def shuffled(table, seed):
    """Return the rows of a table in another order."""
    return table.iloc[np.random.Generator(np.random.Philox(seed)).permutation(len(table))]


def assert_same(first, second):
    """Every table, report and name is the same, to the last bit; so are the customers behind the numbers."""
    for name, value in vars(first).items():
        other = getattr(second, name)
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(value, other, check_exact=True, obj=name)
        elif isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, other)
        else:
            assert value == other, name


@pytest.mark.parametrize("seed", [1, 2])
def test_events_do_not_depend_on_the_order_of_rows(first, tmp_path, seed):
    """Purchases and every table beside them, shuffled: what is learned from is the same, bit for bit."""
    shop = rich_shop()
    assert all(len(value) for value in vars(first).values() if isinstance(value, pd.DataFrame))
    shop.sales = shuffled(shop.sales, seed)
    shop.tables = {name: shuffled(table, seed + number) for number, (name, table) in enumerate(shop.tables.items())}
    assert_same(first, load(shop, tmp_path))


def test_events_do_not_depend_on_where_rows_wait(first, tmp_path):
    """Rows that went to disk in parts, in another order, come to the same bits."""
    shop = rich_shop()
    shop.sales = shuffled(shop.sales, 5)
    split = load(shop, tmp_path, memory_rows=500, parts=7)
    assert_same(replace(first, cleaning=split.cleaning), split)


def test_renamed_customers_stand_in_the_same_order(first, tmp_path):
    """Customers are numbered by what is known of them: other ids, in another order of the alphabet, change nothing."""
    shop = rich_shop()
    for table, column in ((shop.sales, "cust"), *((table, "c") for table in shop.tables.values() if "c" in table)):
        table[column] = [f"{999 - int(name[1:])}" if name else "" for name in table[column]]
    shop.sales["receipt"] = shop.sales["receipt"].astype(str)
    second = load(shop, tmp_path)
    assert not set(first.customers) & set(second.customers)
    assert_same(first, replace(second, customers=first.customers))


@pytest.mark.parametrize("numbered", [True, False])
def test_receipts_are_told_apart_by_customer(tmp_path, numbered):
    """Receipts that begin at 1 for each customer, or are days, are as many as customers have of them."""
    shop = Shop()
    sales = shop.sales
    day = (pd.to_datetime(sales["at"]) - pd.Timestamp("2026-01-05")).dt.days
    sales["receipt"] = day + 1
    if not numbered:
        del shop.columns["basket"]
    expected = sales.groupby(["cust", "receipt"]).ngroups
    assert load(shop, tmp_path).visits["baskets"].sum() == expected > 1000
    rows = np.indices((300, 300)).reshape(2, -1)
    assert np.unique(marks_of(rows, rows.shape[1])).size == rows.shape[1]


def test_sums_on_the_grid_are_exact():
    """Cents that are no binary fractions add up alike in any order, and lose less than a hundredth of a cent."""
    cents = np.round(np.random.Generator(np.random.Philox(1)).uniform(0, 200, 10_000), 2)
    values = on_grid(cents)
    assert np.abs(values - cents).max() <= GRID / 2 < 1e-4
    assert {float(np.cumsum(shuffled(pd.Series(values), seed))[-1:].iloc[0]) for seed in range(5)} == {values.sum()}
    assert len({float(np.cumsum(shuffled(pd.Series(cents), seed))[-1:].iloc[0]) for seed in range(5)}) > 1


def test_rows_are_sorted_by_all_that_they_hold():
    """Rows of one customer, time and product that differ in money alone have one order; equal ones stay together."""
    rng = np.random.Generator(np.random.Philox(4))
    names = ["customer", "product", "time", "quantity", "paid", "basket", "store"]
    rows = pd.DataFrame(rng.integers(0, 3, (400, len(names))), columns=names)
    expected = rows.sort_values(["customer", "time", "product", "quantity", "paid", "basket", "store"])
    for seed in range(3):
        got = sorted_rows(shuffled(rows, seed))
        np.testing.assert_array_equal(got.to_numpy(), expected.to_numpy())


def test_fine_groups_do_not_depend_on_the_order_of_customers():
    """The groups that the network is fitted on are those of the customers' features, in whatever order these stand."""
    rng = np.random.Generator(np.random.Philox(6))
    scaled = rng.normal(size=(300, 5))
    order = rng.permutation(300)
    first, second = group_customers(scaled, 8, seed=1), group_customers(scaled[order], 8, seed=1)
    np.testing.assert_array_equal(first.label[order], second.label)
    np.testing.assert_array_equal(first.features, second.features)


def test_an_experiment_does_not_depend_on_the_order_of_its_rows(tmp_path):
    """Waves, customers, features and outcomes of an experiment, shuffled: the same table, bit for bit."""
    people = rows(customers=600)
    people = pd.concat([people.assign(wave="spring"), people.head(400).assign(wave="fall", visits=1.0)])
    other = {"wave": "wave", "redeemed": "redeemed"}
    spec = read_experiment_spec(write(tmp_path, people, **other))
    first = read_experiment(spec, tmp_path)
    write(tmp_path, shuffled(people.assign(customer=people["customer"].str[::-1]), 8), **other)
    second = read_experiment(spec, tmp_path)
    assert len(np.unique(first.wave)) == 2 and first.unit.max() == 599
    for name in ("arm", "wave", "unit", "redeemed"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name), err_msg=name)
    for name in ("numeric", "categorical", "outcomes"):
        for column, values in getattr(first, name).items():
            np.testing.assert_array_equal(values, getattr(second, name)[column], err_msg=column)
