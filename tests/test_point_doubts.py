"""1.230 beside 990 in purchases, tests and experiments: refused with both readings where the column does not tell."""

from __future__ import annotations

import experiment_files as files
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from purchase_files import Shop, load, sales_of

from scenarios.language.slips.column_doubts import ColumnDoubts
from scenarios.problems import InvalidInput
from surrogate.data.data_spec import read_data_spec
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment

SAID = "expected a number that can be read in one way only, got"


def dear(mark):
    """Return sales of goods that cost about a thousand, in whole amounts, with this mark between thousands."""
    sales = sales_of().head(600)
    paid = (700 * sales["paid"] + sales.index % 7).round().astype(int)
    cells = [f"{value:,}".replace(",", mark) for value in paid]
    return sales.assign(paid=cells, disc=0), paid


def shop_of(sales, **columns):
    """Return a shop of these sales; its columns say how its numbers are written."""
    shop = Shop(sales=sales)
    shop.columns.update(columns)
    return shop


@pytest.mark.parametrize("marks", [{}, {"decimal_mark": ","}])
def test_thousands_in_purchases_are_refused_with_both_readings(tmp_path, marks):
    """They were read as a few cents, or as thousands, and nothing was said; one problem tells the first cell."""
    sales, paid = dear(".")
    row = int(np.flatnonzero(paid >= 1000)[0])
    with pytest.raises(InvalidInput) as caught:
        load(shop_of(sales, **marks), tmp_path)
    (problem,) = caught.value.problems
    cell, whole = sales["paid"].iloc[row], int(paid.iloc[row])
    decimals = f"{cell.replace('.', ',')} if" if marks else f"{float(cell):.2f} if"
    assert str(problem).startswith(f'{tmp_path}/sales.csv:{row + 2}: paid: {SAID} "{cell}" and ')
    assert f"; write {whole}, or {decimals} decimals were meant" in str(problem)


@pytest.mark.parametrize(("commas", "other"), [(False, "12.50"), (True, "12,50"), (True, "1.000.000")])
def test_one_cell_that_shows_the_mark_is_enough(commas, other):
    """A last cell of 12.50, or of 12,50 or two points where commas mark decimals, after batches of 1.230 and 990."""
    doubts = ColumnDoubts()
    for first, cells in ((0, ["990", "1.230"]), (2, ["1.080", ""])):
        doubts.note(pa.array(cells), "paid", first, 2, commas=commas, where=lambda row: f"line {row}")
    (found,) = doubts.found()
    assert (found.text, found.where, found.count) == ("1.230", "line 1", 2)
    doubts.note(pa.array([other]), "paid", 4, 2, commas=commas)
    assert not list(doubts.found())


def test_a_leading_zero_is_no_thousand(tmp_path):
    """Where commas mark decimals 0.125 was read as 125: it is refused as a number with a decimal point."""
    sales = sales_of().head(600).assign(paid="0.125", disc=0)
    with pytest.raises(InvalidInput, match=r'paid: expected a number, got "0.125"; write its decimals with a comma'):
        load(shop_of(sales, decimal_mark=","), tmp_path)


def test_strange_words_and_doubtful_points_are_told_in_one_go(tmp_path):
    """Neither mistake hides the other."""
    sales, _ = dear(".")
    shop = shop_of(sales.assign(promo="gone"), offer_used="promo")
    shop.data["past_offers"] = {"mail": {"mechanic": "coupon", "depth": "20%", "layer": "targeted"}}
    shop.tables["log.csv"] = pd.DataFrame({"o": ["mail"], "c": ["c1"], "d": ["2026-02-02"], "e": ["2026-02-08"]})
    columns = {"offer": "o", "customer": "c", "first_day": "d", "last_day": "e"}
    shop.data["files"]["offers"] = {"file": "log.csv", **columns}
    with pytest.raises(InvalidInput) as caught:
        load(shop, tmp_path)
    assert [problem.what for problem in caught.value.problems] == ["promo", "paid"]


@pytest.mark.parametrize("commas", [False, True])
def test_outcomes_of_an_experiment_are_checked_alike(tmp_path, commas):
    """Money of 1.230 beside 990: refused; with one decimal in the column it is read."""
    frame = files.rows(customers=600)
    money = frame["bought"] * (900 + 40 * (np.arange(600) % 12))
    cells = pd.Series([f"{value:,}".replace(",", ".") for value in money])
    asked = {"outcomes": {"paid": {"column": "paid"}}, "products": {"toy": {"outcome": "paid", "price": 40}}}
    marks = {"decimal_mark": ",", "features": {"numeric": ["children"], "categorical": ["city"]}} if commas else {}
    spec = read_experiment_spec(files.write(tmp_path, frame.assign(paid=cells), **asked, **marks))
    with pytest.raises(InvalidInput, match=rf"paid: {SAID} \"1.\d{{3}}\" .*first in row \d+; write 1\d{{3}}, or 1"):
        read_experiment(spec, tmp_path)
    cells.iloc[-1] = "12,5" if commas else "12.5"
    files.write(tmp_path, frame.assign(paid=cells), **asked, **marks)
    paid = read_experiment(spec, tmp_path).outcomes["paid"]
    assert paid.max() == (money.max() if commas else money[money < 1000].max())


def test_lift_tests_in_a_file_are_checked_alike(tmp_path):
    """A lift of 1.230 beside 12: 123 % or 1,230 times as much is for whoever measured it to say."""
    shop = Shop()
    shop.tables["lessons.csv"] = pd.DataFrame(
        {"mechanic": "price_discount", "depth": "20%", "product": ["a", "b"], "lift": ["1.230", "12"],
         "standard_error": ["0.1", "0.2"]}
    )  # fmt: skip
    shop.data["experiments"] = {"table": "lessons.csv"}
    with pytest.raises(InvalidInput, match=rf'lessons.csv:2: lift: {SAID} "1.230"; write 1230, or 1.23 if'):
        read_data_spec(shop.write(tmp_path))
