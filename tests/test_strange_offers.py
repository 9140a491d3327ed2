"""Words of used offers that nobody describes: all of them at once, with their rows and first lines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load, sales_of

from scenarios.problems import InvalidInput

COUPON = {"mechanic": "coupon", "depth": "20%", "layer": "targeted"}


def problems_of(folder, words, **columns):
    """Return the problems of a shop whose rows name offers."""
    shop = Shop(sales=sales_of().head(400))
    shop.sales = shop.sales.assign(**words)
    shop.columns.update(columns)
    shop.data["past_offers"] = {"mail": COUPON}
    shop.tables["log.csv"] = pd.DataFrame({"o": ["mail"], "c": ["c1"], "d": ["2026-02-02"], "e": ["2026-02-08"]})
    columns = {"offer": "o", "customer": "c", "first_day": "d", "last_day": "e"}
    shop.data["files"]["offers"] = {"file": "log.csv", **columns}
    with pytest.raises(InvalidInput) as caught:
        load(shop, folder)
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def test_every_strange_word_is_told_with_its_rows_and_first_lines(tmp_path):
    """Of five words three are unknown: one problem each, the commonest first, in one go; blanks are none."""
    words = np.array(["", "mail"] * 200, dtype=object)
    words[[5, 7, 11, 13]], words[3], words[[2, 9]] = "stamps", "mial", "1"
    said = problems_of(tmp_path, {"promo": words}, offer_used="promo")
    expected = "promo: expected an offer that past_offers describes, got"
    assert said == [
        f'sales.csv:7: {expected} "stamps" in 4 rows (then 9, 13); known: mail',
        f'sales.csv:4: {expected} "1" in 2 rows (then 11); the column names the offer, a blank none: write its id '
        "where it was used",
        f'sales.csv:5: {expected} "mial" in 1 row; did you mean mail?',
    ]


def test_words_of_both_columns_are_told_together(tmp_path):
    """A row's offers and a receipt's: neither hides the other."""
    words = np.array([""] * 400, dtype=object)
    row, order = words.copy(), words.copy()
    row[0], order[1] = "gone", "past"
    said = problems_of(tmp_path, {"promo": row, "whole": order}, offer_used="promo", order_offer_used="whole")
    assert [one.split(": ")[1] for one in said] == ["promo", "whole"]


def test_a_column_of_something_else_is_told_by_its_first_words(tmp_path):
    """Receipts in place of offers: twenty words, how many more there are, and which column to look at."""
    said = problems_of(tmp_path, {"promo": [f"r{number}" for number in range(400)]}, offer_used="promo")
    assert len(said) == 21
    assert said[-1] == (
        "sales.csv: promo: expected an offer that past_offers describes, got 380 more words that it does not; check "
        "which column is mapped: promo may hold something else"
    )
