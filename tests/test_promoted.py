"""A cut of 10 % is promoted, whatever rounding prices and adding up did to its last digits."""

from __future__ import annotations

import numpy as np
import pytest
from purchase_files import Shop, load

from surrogate.data.weeks import week_of
from surrogate.evidence.precedents import BANDS
from surrogate.shelf.cells import lay_out
from surrogate.shelf.promoted import is_promoted


@pytest.mark.parametrize(
    ("share", "promoted"),
    [
        (0.1, True),
        (0.1 - 1e-12, True),
        (0.1 + 1e-12, True),
        (1 - 2.24 / 2.49, True),  # 10 % off 2.49
        (1 - 0.95 / 1.05, True),  # 10 % off 1.05, up to the next cent: 9.5 %
        (0.095, True),
        (0.095 - 1e-9, True),
        (0.0949, False),
        (0.09, False),
        (0.0, False),
    ],
)
def test_tenths_fall_on_one_side(share, promoted):
    """Shares are read in whole points, half ones upwards."""
    assert bool(is_promoted(np.array(share))) is promoted


def test_a_cut_of_a_tenth_is_promoted_at_every_price(tmp_path):
    """All weeks at 10 % off are promoted, whatever the four prices; they fell on both sides, by their last bits."""
    shop = Shop()
    regular = (shop.sales["paid"] + shop.sales["disc"]).map({2.0: 1.99, 3.0: 2.49, 4.0: 3.79, 5.0: 1.04})
    deal = shop.sales["disc"] > 0
    shop.sales["paid"] = np.where(deal, (regular * 0.9).round(2), regular)
    shop.sales["disc"] = (regular - shop.sales["paid"]).round(2)
    events = load(shop, tmp_path)
    shelf, _ = lay_out(events, settle_until=week_of(events.until))
    cut = shelf.depth > 0.05
    assert cut.sum() > 10 and len(np.unique(shelf.depth[cut] >= 0.10)) == 2
    assert is_promoted(shelf.strongest)[cut].all() and not is_promoted(shelf.strongest)[shelf.depth == 0].any()


def test_no_cut_of_whole_points_lies_on_an_edge_of_alike_depths():
    """Precedents of 30 or 40 % off are alike, and not parted by the last bit of their sums."""
    whole = np.arange(0, 91) / 100
    assert (np.digitize(whole - 1e-3, BANDS) == np.digitize(whole + 1e-3, BANDS)).all()
