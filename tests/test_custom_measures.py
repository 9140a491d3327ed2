"""Custom measures: a column of the effect table is an amount per use, and limits on it are kept like any other."""

import numpy as np
import pytest
from scenario_factory import rng_of
from shop import load_shop, problems_of

from constraints.ledger import Ledger
from constraints.limits.book import build_limits
from scenarios.futures.draws import draw
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import evaluate

GRAMS = {
    "lift_low,lift_high": "grams,note",
    "0.80,0.50,1.20": "0.80,3.5,",
    "0.30,0.20,0.50,0.15": "0.30,0.3,,0.15",
    "0.50,0.30,0.80,25%": "0.50,0.3,,25%",
    "0.10,,,0.08": "0.10,2,,0.08",
    "0.12,,,": "0.12,2,,",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The shop with grams per use, and 5 kg of them at most, in 95 % of the futures."""
    folder = tmp_path_factory.mktemp("shop")
    limit = {"measure: spend, max: 80000": "measure: grams, max: 5000, at_risk: 95%"}
    return load_shop(folder, shop=limit, effects=GRAMS)


def _plans(grid, count):
    rng = rng_of(5)
    for _ in range(count):
        scores = np.where(grid.allowed_flat, rng.random(grid.allowed_flat.shape), -1.0)
        yield np.where(rng.random(grid.slots) < 0.5, scores.argmax(axis=1), 0).astype(np.int8)


def test_a_custom_measure_is_amount_per_use_times_uses(shop):
    """Model and ledger agree with the sum over lines by hand, for product and basket offers."""
    grid = build_grid(shop.scenario, shop.custom)
    model = build_coefficients(grid, shop.effects, shop.baskets)
    ledger = Ledger(model, shop.effects, draw(grid, shop.effects, 1, count=50))
    limits = build_limits(model)
    row = limits.ids.index("total-budget")
    grams = {("cut-15", 0): 3.5, ("cut-15", 1): 0.4, ("coupon-20", 2): 0.3, ("save-200", -1): 2.0}
    seen = set()
    for plan in _plans(grid, 5):
        report = ledger.audit(plan)
        rows = report.account.rows
        by_hand = 0.0
        for product, offer, uses in zip(rows.product, rows.offer, rows.uses, strict=True):
            key = (grid.scenario.offers[offer].id, int(product))
            seen.add(key)
            by_hand += grams.get(key, 0.0) * float(uses) / 1000
        (result,) = (limit for limit in report.limits if limit.id == "total-budget")
        close = pytest.approx(by_hand, abs=0.001 * (len(rows.uses) + 1))
        assert result.measure == "grams" and float(result.used) == close
        assert float(evaluate(limits.functionals[row], model, plan, np)) == pytest.approx(by_hand, rel=1e-3)
        assert result.used_at_risk is not None and result.used_at_risk > 0
    assert grams.keys() <= seen


def test_what_no_limit_names_may_vary(tmp_path):
    """A column that no limit names is kept aside, whatever it holds."""
    assert problems_of(tmp_path, effects=GRAMS | {"0.30,0.20,0.50,0.15": "0.30,0.7,,0.15"}) == []


def test_a_limited_amount_that_varies_is_refused(tmp_path):
    """Amounts that differ between segments are refused with column and rows, and so is a share as a bound."""
    edits = {"measure: spend, max: 80000": "measure: grams, max: 5%"}
    assert problems_of(tmp_path, shop=edits, effects=GRAMS | {"0.30,0.20,0.50,0.15": "0.30,0.7,,0.15"}) == [
        'shop.yaml:25: limits.total-budget.max: expected an amount of grams, no share, got "5%"; '
        "write the amount, or add share_of",
        "effects.csv:6: grams: expected one amount per use of coupon-20 on a product in all segments and periods, "
        "because a limit names grams, got 0.3 on line 5 and 0.7 here; write the same amount, or delete the limit",
    ]
