"""What is known of customers beside their purchases: searches, browsing and words about them become features."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from purchase_files import Shop, load, sales_of

from surrogate.data.beside.signals import HASHED, hashed
from surrogate.data.weeks import week_of
from surrogate.people.profiles import build_features


def test_signals_stop_at_the_cut(tmp_path):
    """Browsing and searches become features of the weeks up to the cut; what comes later changes none of them."""
    shop = Shop()
    names = sorted(shop.sales["cust"].unique())
    early = pd.DataFrame({"c": names * 2, "d": "2026-04-01", "w": ["red shoes", "耳机 优惠"] * len(names), "m": 2.5})
    shop.tables["words.csv"] = early
    shop.data["files"]["searches"] = {"file": "words.csv", "customer": "c", "time": "d", "words": "w"}
    shop.data["files"]["browsing"] = {"file": "words.csv", "customer": "c", "time": "d", "minutes": "m"}
    cut = week_of(dt.date(2026, 7, 5))
    events = load(shop, tmp_path)
    first = build_features(events, ("a", "b"), last_week=cut)
    shop.tables["words.csv"] = pd.concat([early, early.assign(d="2026-07-20", w="future words", m=99)])
    later = load(shop, tmp_path)
    second = build_features(later, ("a", "b"), last_week=cut)
    assert "browsing minutes a week" in first.names and "search words 1" in first.names
    assert first.names == second.names
    np.testing.assert_array_equal(first.raw[np.argsort(events.customers)], second.raw[np.argsort(later.customers)])
    minutes = first.raw[:, first.names.index("browsing minutes a week")]
    np.testing.assert_allclose(minutes, 5.0 / (cut - week_of(dt.date(2026, 1, 5)) + 1))


def test_words_are_hashed_alike_everywhere():
    """A text becomes a fixed vector of length 1, blind to case and order, and 0 without words."""
    np.testing.assert_array_equal(hashed("Red Shoes"), hashed("shoes RED"))
    assert hashed("red shoes").shape == (HASHED,)
    assert np.linalg.norm(hashed("wireless headphones")) == pytest.approx(1.0)
    assert np.linalg.norm(hashed("无线耳机")) == pytest.approx(1.0)
    assert not hashed(" ...").any()
    assert np.flatnonzero(hashed("tea")).tolist() == np.flatnonzero(hashed("TEA")).tolist()


def test_words_about_customers_become_features(tmp_path):
    """A city that enough customers share is a feature of 0 and 1; rare ones and blanks single nobody out."""
    shop = Shop(sales=sales_of(customers=200))
    names = [f"c{number}" for number in range(200)]
    city = ["Lyon"] * 90 + ["Nice"] * 60 + ["Paris"] * 30 + [""] * 20
    shop.tables["people.csv"] = pd.DataFrame({"who": names, "home_city": city})
    shop.data["files"]["demographics"] = {"file": "people.csv", "customer": "who", "categorical": ["home_city"]}
    known = load(shop, tmp_path).demographics
    assert list(known.columns) == ["customer", "home city is Lyon", "home city is Nice"]
    assert known["home city is Lyon"].sum() == 90 and known["home city is Lyon"].isna().sum() == 20
    shop.data["min_segment_size"] = 80  # a larger smallest group holds for words, too
    assert list(load(shop, tmp_path).demographics.columns) == ["customer", "home city is Lyon"]
