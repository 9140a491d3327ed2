"""A typo in any file is told before the first purchase is read, and all of them at once."""

from __future__ import annotations

import pandas as pd
import pytest
from purchase_files import Shop, load

from scenarios.problems import InvalidInput
from surrogate.data import own_files


@pytest.fixture
def shop():
    """A shop with a calendar of one targeted coupon, its holdout, demographics, mailings, stock and displays."""
    found = Shop()
    span = {"from": "2026-03-02", "to": "2026-03-08"}
    people = [f"c{number}" for number in range(20)]
    found.tables |= {
        "offers.csv": pd.DataFrame([{"id": "ten", "sku": "p0", "who": who} | span for who in people]),
        "holdout.csv": pd.DataFrame({"who": ["c30", "c31"], "id": "ten"}),
        "people.csv": pd.DataFrame({"who": [f"c{n}" for n in range(60)], "age": range(60)}),
        "mailed.csv": pd.DataFrame([{"who": "c1", "sku": "p1"} | span]),
        "stock.csv": pd.DataFrame({"sku": ["p0"], "day": ["2026-03-02"], "left": [4]}),
        "shelf.csv": pd.DataFrame({"sku": ["p0"], "day": ["2026-03-02"], "shown": [1]}),
    }
    found.data["files"] |= {
        "offers": {"file": "offers.csv", "offer": "id", "product": "sku", "customer": "who", "first_day": "from", "last_day": "to"},  # noqa: E501
        "holdout": {"file": "holdout.csv", "customer": "who", "offer": "id"},
        "demographics": {"file": "people.csv", "customer": "who", "numeric": ["age"]},
        "mailings": {"file": "mailed.csv", "customer": "who", "product": "sku", "first_day": "from", "last_day": "to"},
        "stock": {"file": "stock.csv", "product": "sku", "time": "day", "stock": "left"},
        "promotions": {"file": "shelf.csv", "product": "sku", "time": "day", "display": "shown"},
    }  # fmt: skip
    found.data["past_offers"] = {"ten": {"mechanic": "coupon", "depth": "10%", "layer": "targeted"}}
    return found


@pytest.fixture
def unread(monkeypatch):
    """Purchases may not be touched."""

    def touched(*_args, **_settings):
        raise AssertionError("a purchase was read")

    monkeypatch.setattr(own_files, "purchase_rows", touched)


def refusal(shop, folder):
    """Return the problems that reading ends with."""
    with pytest.raises(InvalidInput) as error:
        load(shop, folder)
    return [str(problem) for problem in error.value.problems]


def test_the_whole_shop_is_read(shop, tmp_path):
    """Nothing is wrong with what the cases below break."""
    events = load(shop, tmp_path)
    assert len(events.offers) == 20 and len(events.holdout) == 2 and len(events.mailings) == 1
    assert set(events.demographics["age"]) == {float(n) for n in range(60)} & set(events.demographics["age"])


def test_headers_of_all_files_are_looked_at_first(shop, tmp_path, unread):
    """Four mistyped columns in four files, one of them a large one, are four lines."""
    for part, key in (("offers", "first_day"), ("mailings", "customer"), ("promotions", "display"), ("stock", "time")):
        shop.data["files"][part][key] = "typo"
    said = refusal(shop, tmp_path)
    assert len(said) == 4 and all("typo" in one and "columns" in one for one in said)


@pytest.mark.parametrize(
    ("file", "column", "value", "words"),
    [
        ("offers.csv", "id", "twenty", "an offer that past_offers describes"),
        ("offers.csv", "to", "2026-02-01", "on or after from"),
        ("offers.csv", "sku", "x", "files.products lists"),
        ("holdout.csv", "id", "twenty", "an offer that past_offers describes"),
        ("people.csv", "age", "old", "a number"),
        ("mailed.csv", "from", "soon", "a date"),
        ("stock.csv", "left", "few", "a number"),
    ],
)
def test_rows_of_small_files_are_looked_at_before_the_purchases(shop, tmp_path, unread, file, column, value, words):
    """Unknown offers and products, spans that end before they start, and no numbers are told at once."""
    shop.tables[file][column] = value
    said = refusal(shop, tmp_path)
    assert any(words in one and file in one for one in said), said


def test_mistakes_in_several_small_files_are_told_together(shop, tmp_path, unread):
    """Two files with one mistake each give two lines."""
    shop.tables["people.csv"]["age"] = "old"
    shop.tables["offers.csv"]["id"] = "twenty"
    said = refusal(shop, tmp_path)
    assert {one.split(":")[0].rsplit("/", 1)[-1] for one in said} == {"people.csv", "offers.csv"}
