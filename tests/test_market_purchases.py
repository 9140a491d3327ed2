"""Purchase data of a simulated market: it adds up with what the market sold, and repeats to the byte."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from scenarios.market import Market
from scenarios.market_customers import weighted_counts
from scenarios.market_past import PastParams, past_calendar
from scenarios.market_purchases import record_past, sample_customers, write_purchases
from scenarios.market_town import CAMPAIGN_START, campaign_offers, past_offers, town_market
from scenarios.market_town_files import measure_town, write_town
from scenarios.words import Layer, Mechanic

WEEKS = 5


@pytest.fixture(scope="module")
def past():
    """Five weeks of a small town."""
    return town_market(3, past_weeks=WEEKS, customers_per_segment=120)


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


def test_purchases_add_up_with_what_the_market_sold(past, calendar, data):
    """Units, list value, price savings and uses of the followed customers are the till's when everybody is followed."""
    everybody = past.people.segment.size
    sold = past.play(calendar.lines, 3)
    followed = sample_customers(past)
    rows = data.transactions
    weight = past.people.weight[followed]
    scaled = rows["quantity"].to_numpy() * weight[rows["customer"].astype(int).to_numpy()]
    assert followed.size < everybody
    days = np.array(
        [(np.datetime64(day) - np.datetime64(past.scenario.horizon.start)).astype(int) for day in rows["time"]]
    )
    by_day = np.bincount(days, scaled, WEEKS * 7)
    market = sold.units.sum(axis=(0, 1))
    share = weight.sum() / past.people.weight.sum()
    assert np.abs(by_day.sum() / (market.sum() * share) - 1) < 0.1


def test_with_equal_segments_every_unit_is_accounted_for(past, calendar):
    """With segments of one size and messages at random, purchases and the market's tally agree to the unit."""
    segments = tuple(one.model_copy(update={"customers": 120}) for one in past.segments)
    market = Market(scenario=past.scenario.model_copy(update={"segments": segments}), truth=past.truth)
    free = type(calendar)(lines=calendar.lines, experimenting=frozenset(range(WEEKS * 7)))
    rows = record_past(market, free, 3).transactions
    sold = market.play(calendar.lines, 3)
    assert sample_customers(market).size == market.people.segment.size
    names = [product.id for product in market.products]
    product = rows["product"].map(names.index).to_numpy(dtype=np.int64)
    units = weighted_counts(product, rows["quantity"].to_numpy(dtype=float), len(names))
    np.testing.assert_allclose(units, sold.units.sum(axis=(0, 2)), rtol=1e-9)
    regular = rows["paid"] + rows["shelf_discount"] + rows["coupon_discount"]
    assert regular.sum() == pytest.approx(sold.tally.listed.sum(), rel=1e-6)
    assert (rows["basket_offer"] != "").any() and (rows["offer"] != "").any()
    gifts = rows[rows["offer"].str.startswith("past-gift")]
    assert gifts["quantity"].sum() == pytest.approx(sold.tally.gift_units.sum())


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


def test_campaign_files_load(past, data, tmp_path):
    """The scenario with measured effects is planned like any other."""
    from scenarios.load import load_scenario

    market = town_market(3, customers_per_segment=120)
    true, learned = write_town(tmp_path, market, measure_town(market, 3, runs=1), data)
    loaded = load_scenario(true)
    assert loaded.effects is not None and (loaded.effects.lift != 0).any()
    assert "model" in yaml.safe_load(learned.read_text())["effects"]
