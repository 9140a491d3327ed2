"""Use of public coupons by segment and category: learned together, closer to the truth than one share or many."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from offers_shop import shop_model, shop_scenario
from scipy.special import expit

from scenarios.language.schema import Segment
from scenarios.language.words import Mechanic
from surrogate.evidence.named_uses import SECTION, NamedUses, named_uses
from surrogate.evidence.pooled_uses import pooled_uses
from surrogate.parts import pack
from surrogate.scoring.score import score

SEGMENTS, CATEGORIES, PEOPLE, WEEKS = 5, 4, 40, 6
IDS = tuple(f"s{number}" for number in range(1, SEGMENTS + 1))
GOODS = tuple(f"g{number}" for number in range(CATEGORIES))


def simulated(seed, spread=0.8):
    """Return a shop's events and who used what share of it: customers differ, some buy little, most of all of g3.

    Log odds of use lie around -1.4; segments and categories differ by ``spread``, a cell by a third of it.
    """
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, spread, (SEGMENTS, 1)) + rng.normal(0, spread, CATEGORIES)
    truth = expit(odds + rng.normal(0, spread / 3, (SEGMENTS, CATEGORIES)) - 1.4)
    label = np.repeat(np.arange(SEGMENTS), PEOPLE)
    own = rng.beta(6 * truth[label], 6 * (1 - truth[label]))  # [N, C] customers around their segment
    units = rng.poisson(np.array([0.5, 0.3, 0.15, 0.05]), (label.size, WEEKS, CATEGORIES))
    who, week, good = np.nonzero(units)
    count = units[who, week, good]
    used = rng.binomial(count, own[who, good])
    rows = {"customer": who, "product": good, "day": 7 * week + 3, "week": week}
    sales = pd.concat([
        pd.DataFrame({**rows, "offer": 0, "quantity": used.astype(float)}),
        pd.DataFrame({**rows, "offer": -1, "quantity": (count - used).astype(float)}),
    ])  # fmt: skip
    runs = pd.DataFrame({"offer": "deal", "run": np.arange(CATEGORIES), "product": np.arange(CATEGORIES)})
    events = SimpleNamespace(
        past_offers={"deal": SimpleNamespace(layer="public", mechanic="coupon")},
        customers=np.arange(label.size),
        sales=sales[sales["quantity"] > 0],
        nobodys=sales.iloc[:0].drop(columns="customer"),
        offers=runs.assign(first_day=1, last_day=7 * WEEKS, customer=-1),
        products=pd.DataFrame({"category": GOODS}),
    )
    return events, label, truth


@cache
def learned():
    """Return for ten shops what was learned of them, their one share, their cells' own shares, and the truth."""
    out = []
    for seed in range(10):
        events, label, truth = simulated(seed)
        found = named_uses(events, GOODS, np.arange(label.size), label, IDS, anonymous=False)
        cell = label[events.sales["customer"]] * CATEGORIES + events.sales["product"].to_numpy()
        units, used = (
            np.bincount(cell, events.sales["quantity"] * (events.sales["offer"] >= least), truth.size)
            for least in (-1, 0)
        )
        one = used.sum() / units.sum()
        own = np.where(units > 0, used / np.maximum(units, 1), one).reshape(truth.shape)
        out.append((found, one, own, truth))
    return out


def test_pooled_shares_lie_closer_to_the_truth_than_one_share_and_than_each_cells_own():
    """In ten simulated shops, by root mean squares over cells: a quarter below cells' own, half of one share's."""
    errors = np.array([
        [np.sqrt(np.mean((each - truth) ** 2)) for each in (found.share[:-1, :-1], one, own)]
        for found, one, own, truth in learned()
    ])  # fmt: skip
    pooled, one, own = errors.mean(axis=0)
    assert pooled < 0.5 * one and pooled < 0.75 * own


def test_nine_of_ten_intervals_hold_the_truth_though_customers_differ():
    """Units of one customer go together: 90 % intervals hold about as many true shares as they say."""
    inside = [np.abs(found.share[:-1, :-1] - truth) < 1.645 * found.error[:-1, :-1] for found, _, _, truth in learned()]
    assert 0.82 < np.mean(inside) < 0.98


def test_shares_of_what_was_never_seen_are_the_common_one_and_less_sure():
    """A segment or category without a unit under coupons takes the common share, with a wider error."""
    units = np.array([[400.0, 200.0, 0.0], [300.0, 500.0, 0.0], [0.0, 0.0, 0.0]])
    found = pooled_uses(units, 0.25 * units, 1.0)
    np.testing.assert_allclose(found.share, 0.25, atol=0.01)
    assert found.error[2].min() > found.error[:2, :2].max() and found.error[:, 3].min() > found.error[:2, :2].max()


@pytest.mark.parametrize("share", [0.0005, 1.0])
def test_hardly_anybody_and_everybody_are_told_too(share):
    """Shares near 0 and 1 come back as they are, and are no numbers that break."""
    units = np.full((3, 2), 2000.0)
    found = pooled_uses(units, share * units, 1.0)
    np.testing.assert_allclose(found.share[:-1, :-1], share, atol=0.01)
    assert np.isfinite(found.error).all()


def test_more_of_the_same_customers_is_not_more_that_is_known():
    """Ten times the units of each purchase: the error stays about as large, because the customers are no more."""
    events, label, _ = simulated(3)
    many = SimpleNamespace(**(vars(events) | {"sales": events.sales.assign(quantity=10 * events.sales["quantity"])}))
    few, more = (named_uses(each, GOODS, np.arange(label.size), label, IDS, anonymous=False) for each in (events, many))
    ratio = more.error[:-1, :-1] / few.error[:-1, :-1]
    assert ratio.mean() == pytest.approx(1.0, abs=0.2)


def test_without_a_named_row_or_with_few_units_nothing_is_told():
    """As of the one share: no row names the coupon, or fewer than 100 units were sold while it ran."""
    events, label, _ = simulated(3)
    silent = SimpleNamespace(**(vars(events) | {"sales": events.sales.assign(offer=-1)}))
    little = SimpleNamespace(**(vars(events) | {"sales": events.sales.sample(40, random_state=1)}))
    for each in (silent, little):
        assert named_uses(each, GOODS, np.arange(label.size), label, IDS, anonymous=False) is None


def told_model(mechanic=Mechanic.COUPON, **changes):
    """Return the offers shop's model with uses of public offers of a kind by segment and category."""
    model = shop_model()
    share = np.tile(np.linspace(0.2, 0.6, len(model.groups.ids) + 1)[:, None], (1, len(model.categories) + 1))
    uses = {"ids": model.groups.ids, "share": share, "error": np.full_like(share, 0.02), "weeks_cv": 0.1} | changes
    offers = replace(model.offers, named={mechanic.value: 0.4})
    return replace(model, offers=offers, sections={**model.sections, SECTION[mechanic]: pack(NamedUses(**uses))})


COUPON: dict[str, object] = {"id": "meal-deal", "mechanic": "coupon", "depth": "20%"}


def test_scores_take_each_segments_own_use_and_say_how_sure_it_is():
    """Take-up is the segment's share of purchases less what the coupon brings; its spread what data and weeks say."""
    effects = score(told_model(), shop_scenario(COUPON)).effects
    lift, take_up = effects.lift[:, :, :-1, :, 0].mean(axis=0), effects.take_up[:, :-1, :, 0]
    share = np.linspace(0.2, 0.6, 3)[:2, None, None]
    np.testing.assert_allclose(take_up, np.clip(1 - (1 - share) * (1 + lift), 0, 1), atol=1e-4)
    assert (effects.take_up_cv[:, :-1, :, 0][take_up > 0.1] >= 0.3).all()
    unsure = score(told_model(error=np.full((3, 7), 0.2)), shop_scenario(COUPON)).effects.take_up_cv[:, :-1, :, 0]
    assert unsure[take_up > 0].min() > 0.3, "what the data leaves unsure widens it"
    untold = score(told_model(weeks_cv=float("nan")), shop_scenario(COUPON)).effects.take_up_cv[:, :-1, :, 0]
    assert untold[take_up > 0].min() >= shop_model().take_up_cv, "where no weeks tell it, as of other coupons"


def test_bundles_and_gifts_are_told_by_segment_too():
    """Rows that name a bundle or gift tell its use as they do a coupon's, and scores take each segment's own."""
    events, label, _ = simulated(3)
    coupon = named_uses(events, GOODS, np.arange(label.size), label, IDS, anonymous=False)
    for mechanic in (Mechanic.BUNDLE, Mechanic.GIFT):
        kind = {"deal": SimpleNamespace(layer="public", mechanic=mechanic.value)}
        other = SimpleNamespace(**(vars(events) | {"past_offers": kind}))
        found = named_uses(other, GOODS, np.arange(label.size), label, IDS, anonymous=False, mechanic=mechanic)
        np.testing.assert_array_equal(found.share, coupon.share)
        assert named_uses(other, GOODS, np.arange(label.size), label, IDS, anonymous=False) is None
    bundle = {"id": "three-for-two", "mechanic": "bundle", "buy": 2, "get": 1}
    effects = score(told_model(Mechanic.BUNDLE), shop_scenario(bundle)).effects
    lift, take_up = effects.lift[:, :, :-1, :, 0].mean(axis=0), effects.take_up[:, :-1, :, 0]
    share = np.linspace(0.2, 0.6, 3)[:2, None, None]
    np.testing.assert_allclose(take_up, np.clip(1 - (1 - share) * (1 + lift), 0, 1), atol=1e-4)


def test_a_segment_of_the_scenarios_own_takes_what_any_other_segment_would():
    """Listed by an id that the model does not know: the last row of what was learned."""
    listed = (Segment(id="club", customers=100, profile={"visits_per_week": 2}),)
    effects = score(told_model(), shop_scenario(COUPON).model_copy(update={"segments": listed})).effects
    lift, take_up = effects.lift[:, :, :-1, :, 0].mean(axis=0), effects.take_up[:, :-1, :, 0]
    np.testing.assert_allclose(take_up, np.clip(1 - 0.4 * (1 + lift), 0, 1), atol=1e-4)
