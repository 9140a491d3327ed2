"""Purchase data of a simulated market: it adds up with what the market sold, and repeats to the byte."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from scenarios.language.words import Layer, Mechanic
from scenarios.loading.load import load_scenario
from scenarios.market.customers import weighted_counts
from scenarios.market.past import PastParams, past_calendar
from scenarios.market.purchases import record_past, write_purchases
from scenarios.market.town import CAMPAIGN_START, campaign_offers, past_offers, regrouped, town_market
from scenarios.market.town_files import measure_town, write_learned, write_true

WEEKS = 5


@pytest.fixture(scope="module")
def past():
    """Five weeks of a small town."""
    return town_market(3, past_weeks=WEEKS, customers=600)


@pytest.fixture(scope="module")
def calendar(past):
    """What ran in them, often, so that every mechanic occurs."""
    return past_calendar(past, PastParams(seed=3, public=0.6, targeted=0.4, baskets=0.9))


@pytest.fixture(scope="module")
def data(past, calendar):
    """What the till and the mailing log hold."""
    return record_past(past, calendar, 3)


def test_all_mechanics_occur_in_the_past_and_in_the_campaign(past, calendar):
    """The past shows every mechanic, and no offer of the campaign ran in it under the same terms by name."""
    mechanic = {offer.id: offer.mechanic for offer in past.scenario.offers}
    assert {mechanic[line.offer] for line in calendar.lines} == set(Mechanic)
    assert {offer["mechanic"] for offer in campaign_offers()} == {kind.value for kind in Mechanic}
    assert not {offer["id"] for offer in campaign_offers()} & {offer["id"] for offer in past_offers()}


def test_every_unit_that_the_market_sold_is_a_row(past, calendar):
    """With messages at random throughout, purchases and the market's tally agree to the unit."""
    free = type(calendar)(lines=calendar.lines, experimenting=frozenset(range(WEEKS * 7)))
    rows = record_past(past, free, 3).transactions
    sold = past.play(calendar.lines, 3)
    names = [product.id for product in past.products]
    product = rows["product"].map(names.index).to_numpy(dtype=np.int64)
    units = weighted_counts(product, rows["quantity"].to_numpy(dtype=float), len(names))
    np.testing.assert_allclose(units, sold.units.sum(axis=(0, 2)), rtol=1e-9)
    regular = rows["paid"] + rows["shelf_discount"] + rows["coupon_discount"]
    assert regular.sum() == pytest.approx(sold.tally.listed.sum(), rel=1e-6)
    gifts = rows[rows["offer"].str.startswith("past-gift")]
    assert gifts["quantity"].sum() == pytest.approx(sold.tally.gift_units.sum())
    offers = {offer.id: offer for offer in past.scenario.offers}
    priced = rows["offer"].map(lambda key: key in offers and offers[key].mechanic is not Mechanic.BUNDLE)
    saved = (rows["shelf_discount"] + rows["coupon_discount"])[priced].sum()
    bundled = sum(
        rows.loc[rows["offer"] == key, "quantity"].mul(_price(past, rows, key)).sum()
        * offer.get
        / (offer.buy + offer.get)
        for key, offer in offers.items()
        if offer.mechanic is Mechanic.BUNDLE
    )
    assert saved + bundled == pytest.approx(sold.tally.discount[:, :-1].sum(), rel=1e-3)


def _price(market, rows, offer):
    price = {product.id: float(product.price) for product in market.products}
    return rows.loc[rows["offer"] == offer, "product"].map(price)


def test_regrouping_moves_customers_and_changes_nobody(past):
    """A market whose customers are grouped anew sells the same."""
    label = np.arange(past.people.segment.size) % 2
    segments = [past.segments[s].model_copy(update={"customers": int((label == s).sum())}) for s in range(2)]
    grouped = regrouped(past, segments, label)
    assert grouped.play([], 5).units.sum(axis=0) == pytest.approx(past.play([], 5).units.sum(axis=0))


def test_told_customers_belong_to_the_segment_and_the_coverage(past, calendar, data):
    """A targeted line tells about its coverage of its segment and nobody else; a public one tells everybody."""
    layer = {offer.id: offer.layer for offer in past.scenario.offers}
    log = data.offers.merge(data.customers[["customer", "segment"]], on="customer", how="left")
    public = log["offer"].map(layer) == Layer.PUBLIC
    assert (log.loc[public, "customer"] == "").all() and log.loc[~public, "segment"].notna().all()
    size = data.customers["segment"].value_counts()
    lines = [line for line in calendar.lines if layer[line.offer] is Layer.TARGETED]
    asked = sum(line.coverage * size[line.segment] for line in lines)
    assert (~public).sum() == pytest.approx(asked, rel=0.05)
    assert public.sum() == len(calendar.lines) - len(lines)


def test_same_seed_same_bytes(past, calendar, data, tmp_path):
    """Recording and writing twice gives the same files."""
    again = record_past(past, calendar, 3)
    folders = tmp_path / "a", tmp_path / "b"
    for folder, found in zip(folders, (data, again), strict=True):
        write_purchases(found, folder, train_until="2026-08-23", test_until="2026-09-06")
    names = sorted(path.name for path in folders[0].iterdir())
    assert names == ["customers.parquet", "data.yaml", "offers.parquet", "products.parquet", "transactions.parquet"]
    assert all((folders[0] / name).read_bytes() == (folders[1] / name).read_bytes() for name in names)


def test_nothing_of_the_truth_is_in_the_training_files(data, tmp_path):
    """Training files know no trait, no lift, not which weeks were randomised, and nothing of the campaign's days."""
    path = write_purchases(data, tmp_path, train_until="2026-08-23", test_until="2026-09-06")
    described = yaml.safe_load(path.read_text())
    assert set(data.customers) == {"customer", "segment", "age", "browse_minutes"}
    assert described["files"]["demographics"]["numeric"] == ["age", "browse_minutes"]
    assert max(data.transactions["time"]) < CAMPAIGN_START.isoformat()


def test_campaign_files_load(tmp_path):
    """The scenario with measured effects is planned like any other; the other one waits for a model."""
    market = town_market(3, customers=600)
    true = write_true(tmp_path, market, measure_town(market, 3, runs=1))
    loaded = load_scenario(true)
    assert loaded.effects is not None and (loaded.effects.lift != 0).any()
    learned = yaml.safe_load(write_learned(tmp_path, market).read_text())
    assert learned["effects"] == {"model": "model"} and learned["segments"] == {"learn": {}}
