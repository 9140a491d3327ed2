"""Amounts have the digits of their currency unless the data file says otherwise; so have prices learned from them."""

from __future__ import annotations

import numpy as np
import pytest
from purchase_files import Shop, load

from scenarios.problems import InvalidInput
from surrogate.data.data_spec import read_data_spec
from surrogate.effects.recent import regular_prices


def prices_of(shop, folder):
    """Return the regular prices of both products."""
    events = load(shop, folder)
    return regular_prices(events, ("a", "b"), digits=read_data_spec(folder / "data.yaml").digits)


def in_hundreds():
    """Return the shop with amounts a hundred times as high, all of them whole."""
    shop = Shop()
    shop.sales[["paid", "disc"]] = (shop.sales[["paid", "disc"]] * 100).round()
    return shop


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Return what that shop sold, read as it is written."""
    return load(in_hundreds(), tmp_path_factory.mktemp("plain")).daily["regular"].sum()


@pytest.mark.parametrize(
    ("currency", "decimals", "unit"),
    [("JPY", None, 1), ("EUR", None, 100), ("KWD", None, 1000), (None, None, 100), ("JPY", 2, 100)],
)
def test_minor_units_are_the_currencys_own(plain, tmp_path, currency, decimals, unit):
    """198 in the minor unit is 198 yen, 1.98 euros and 0.198 dinars; yen were read as hundredths."""
    shop = in_hundreds()
    shop.sales[["paid", "disc"]] = (shop.sales[["paid", "disc"]] * unit).round().astype(int)
    shop.data |= {"amounts": "minor", "currency": currency, "decimals": decimals}
    shop.data = {key: value for key, value in shop.data.items() if value is not None}
    assert load(shop, tmp_path).daily["regular"].sum() == pytest.approx(plain, rel=1e-9)


def test_prices_keep_the_digits_of_their_currency(tmp_path):
    """A price of 0.105 dinars was learned as 0.11, and one of 0.004 as none."""
    shop = Shop()
    shop.data["currency"] = "KWD"
    usual = prices_of(shop, tmp_path)
    shop.sales[["paid", "disc"]] = (shop.sales[["paid", "disc"]] / 1000).round(6)
    assert prices_of(shop, tmp_path) == pytest.approx(usual / 1000, abs=0.0005) and usual.min() > 2
    shop.data["currency"] = "EUR"
    np.testing.assert_array_equal(prices_of(shop, tmp_path), 0)


@pytest.mark.parametrize(("word", "meant"), [("RMB", "did you mean CNY?"), ("EUX", "a currency code")])
def test_unknown_currencies_are_refused(tmp_path, word, meant):
    """A code that is none agrees with no scenario; what people call a currency is named."""
    shop = Shop()
    shop.data["currency"] = word
    with pytest.raises(InvalidInput, match=meant.replace("?", r"\?")):
        load(shop, tmp_path)
