"""Sizes that sell out, in a simulated shop of styles: told where they did, and silent where all sizes last."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from surrogate.data.weeks import monday_of
from surrogate.shelf.thinned import thinned, thinned_notes

STYLES, SIZES, WEEKS = 12, 4, 27
ITEM_OF = np.repeat(np.arange(STYLES), SIZES)
SINCE = np.arange(WEEKS) + 100
END = monday_of(int(SINCE[-1]))
EVERY = np.ones(STYLES, dtype=bool)


def season(seed: int, *, stock: float, popular: float = 40.0) -> tuple[pd.DataFrame, np.ndarray]:
    """Sell styles that fade by 5 % a week and are cut to half from week 20 on, sizes by their own shares and pieces.

    ``stock`` is what was bought of a style over what it would sell; returns sales and pieces that are left [P].
    """
    rng = np.random.Generator(np.random.Philox([seed, 5]))
    launch = rng.integers(0, 6, STYLES)
    age = np.arange(WEEKS) - launch[:, None]
    level = popular * np.exp(rng.normal(0, 0.4, STYLES))
    mean = np.where(age >= 0, level[:, None] * np.exp(-0.05 * age), 0.0) * np.where(np.arange(WEEKS) >= 20, 3.0, 1.0)
    shares = rng.dirichlet(np.full(SIZES, 6.0), STYLES)
    pieces = (stock * mean.sum(axis=1, keepdims=True) * rng.dirichlet(np.full(SIZES, 12.0), STYLES)).astype(int).ravel()
    wanted = rng.poisson((mean[:, None] * shares[:, :, None]).reshape(STYLES * SIZES, WEEKS))
    sold = np.diff(np.minimum(wanted.cumsum(axis=1), pieces[:, None]), axis=1, prepend=0)
    product, week = np.nonzero(sold)
    frame = pd.DataFrame({"product": product, "week": SINCE[week], "quantity": sold[product, week]})
    return frame, pieces - sold.sum(axis=1)


@pytest.mark.parametrize("popular", [2.0, 10.0, 40.0])
def test_where_every_size_lasts_nothing_is_told(popular):
    """Thirty seasons with more pieces than anybody wants, of styles that sell slowly and quickly: no alarm."""
    for seed in range(30):
        sold, left = season(seed, stock=9.0, popular=popular)
        assert (left > 0).all()
        assert thinned(sold, ITEM_OF, SINCE, EVERY).products.size == 0


def test_what_is_told_did_sell_out_and_most_of_what_did_is_told():
    """Thirty seasons with nine tenths of the pieces that are wanted: never a size with pieces left."""
    told, out = 0, 0
    for seed in range(30):
        sold, left = season(seed, stock=0.9)
        found = thinned(sold, ITEM_OF, SINCE, EVERY)
        assert (left[found.products] == 0).all()
        assert (found.items == ITEM_OF[found.products]).all()
        told, out = told + found.products.size, out + int((left == 0).sum())
    assert told > 0.5 * out


def test_goods_that_stay_and_styles_that_leave_as_a_whole_are_not_meant():
    """A product that is replaced beside others that always are there, and the end of a whole style, are no sizes."""
    sold, _ = season(1, stock=0.9)
    assert thinned(sold, ITEM_OF, SINCE, ~EVERY).products.size == 0
    lasting, _ = season(1, stock=9.0)
    whole = lasting[~((lasting["product"] < SIZES) & (lasting["week"] >= SINCE[14]))]
    assert thinned(whole, ITEM_OF, SINCE, EVERY).products.size == 0


def test_the_note_counts_products_and_names_items():
    """In words, for who plans with what was learned; nothing beside a file of stock, or where no item comes or goes."""
    sold, _ = season(2, stock=0.9)
    count = thinned(sold, ITEM_OF, SINCE, EVERY).products.size
    daily = sold.assign(day=7 * sold["week"] + 3, regular=10.0 * sold["quantity"])
    goods = pd.DataFrame({
        "product": np.arange(STYLES * SIZES), "category": "coats", "line": [f"s{one}" for one in ITEM_OF],
    })  # fmt: skip
    events = SimpleNamespace(daily=daily, products=goods)
    names = tuple(f"coats: s{one}" for one in range(STYLES))
    shelf = SimpleNamespace(
        names=(*names, "coats: all else"),
        category=np.zeros(STYLES + 1, dtype=int),
        categories=("coats",),
        weeks=SINCE,
        passing=np.append(EVERY, False),
    )
    asked = SimpleNamespace(files=None, train_until=END)
    (said,) = thinned_notes(shelf, events, asked)
    assert said.startswith(f"{count:,} products of goods that come and go stopped selling while others of the ")
    assert "coats: s" in said and "as sizes do that sell out. No file of stock says whether they did" in said
    with_stock = SimpleNamespace(files=SimpleNamespace(stock="stock.csv"), train_until=END)
    assert thinned_notes(shelf, events, with_stock) == ()
    shelf.passing = np.zeros(STYLES + 1, dtype=bool)
    assert thinned_notes(shelf, events, asked) == ()
