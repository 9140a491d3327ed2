"""The shipped scenario singles-day: complete, reproducible to the byte, and worth planning."""

from __future__ import annotations

import csv
import datetime as dt
import io
from importlib import resources

import numpy as np
import pytest

from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import Layer, Mechanic
from scenarios.loading.load import load_scenario
from scenarios.market.experiment import Experiment
from scenarios.market.play import Market
from scenarios.market.tables import measure
from scenarios.shipped import singles_day
from scenarios.shipped.singles_day_articles import ARTICLES
from scenarios.shipped.singles_day_truth import truth

LIBRARY = resources.files("scenarios.library")
TABLES = ("segments", "products", "effects", "baseline", "baskets")


def shipped(table):
    """Return the bytes of a shipped table."""
    return LIBRARY.joinpath(f"singles-day-{table}.csv").read_bytes()


def rows(table):
    """Return the rows of a shipped table."""
    return list(csv.DictReader(io.StringIO(shipped(table).decode("utf-8"))))


@pytest.fixture(scope="module")
def loaded():
    """Return the shipped scenario."""
    return load_scenario("singles-day").scenario


def test_it_is_as_large_and_rich_as_promised(loaded):
    """At least 12 segments, 40 products, 28 days; every mechanic, both layers, and small files."""
    assert len(loaded.segments) >= 12
    assert len(loaded.products) >= 40
    assert loaded.horizon.periods >= 28
    assert {offer.mechanic for offer in loaded.offers} == set(Mechanic)
    assert {offer.layer for offer in loaded.offers} == set(Layer)
    assert any(offer.stacks for offer in loaded.offers)
    assert any(limit.at_risk for limit in loaded.limits)
    assert sum(len(shipped(table)) for table in TABLES) < 6_000_000


def test_every_slot_has_few_options(loaded):
    """No product has more than 9 public or 9 targeted options: each one costs search time."""
    for product in loaded.products:
        for layer in Layer:
            options = sum(
                len(offer.coverage)
                for offer in loaded.offers
                if offer.layer is layer
                and not offer.is_basket
                and (offer.applies_to.products is None or product.id in offer.applies_to.products)
            )
            assert options <= 9, (product.id, layer)


def test_known_tables_are_written_to_the_byte(tmp_path, loaded):
    """Segments and products, stock included, come out of the generator as they are shipped."""
    base = np.zeros((len(loaded.segments), len(ARTICLES), loaded.horizon.periods))
    places = {segment.id: s for s, segment in enumerate(loaded.segments)}
    keys = list(ARTICLES)
    for row in rows("baseline"):
        day = loaded.horizon.period_of(dt.date.fromisoformat(row["period"]))
        base[places[row["segment"]], keys.index(row["product"]), day] = float(row["units"])
    listed = singles_day.products(singles_day.stock_for(base), loaded.money.tax_rate)
    singles_day.write_segments(tmp_path)
    singles_day.write_products(tmp_path, listed)
    for table in ("segments", "products"):
        assert (tmp_path / f"singles-day-{table}.csv").read_bytes() == shipped(table), table
    assert listed == loaded.products


def test_measured_tables_are_found_again_to_the_byte(tmp_path):
    """The experiment, run again for two offers, gives the shipped baseline, baskets and rows of these offers."""
    offers = frozenset({"own-cut-10", "yunrong-coupon"})
    whole = singles_day.EXPERIMENT
    place = singles_day.market({})
    part = Experiment(seed=whole.seed, runs=whole.runs, days=whole.days, offers=offers)
    singles_day.write_measured(tmp_path, place, measure(place, part, singles_day.ORDER_EDGES))
    for table in ("baseline", "baskets"):
        assert (tmp_path / f"singles-day-{table}.csv").read_bytes() == shipped(table), table
    wanted = [row for row in rows("effects") if row["offer"] in offers]
    with (tmp_path / "singles-day-effects.csv").open(encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert found == wanted
    assert len(found) == 12 * (8 + 6)


def test_the_lifts_follow_what_is_known_of_retail():
    """In the mean a 20 % cut lifts sales like an elasticity between 2.5 and 4.5, and deeper cuts lift more."""
    lifts: dict[str, list[float]] = {}
    for row in rows("effects"):
        lifts.setdefault(row["offer"], []).append(float(row["lift"]))
    mean = {offer: float(np.mean(values)) for offer, values in lifts.items()}
    for offer in ("huaxing-cut-20", "yunrong-cut-20", "clear-20"):
        assert 0.8**-2.5 <= 1 + mean[offer] <= 0.8**-4.5, offer
    assert mean["yunrong-cut-10"] < mean["yunrong-cut-20"] < mean["yunrong-flash-30"]
    assert min(min(values) for values in lifts.values()) > 0


def test_promotions_can_earn_more_than_none(loaded):
    """On paired seeds, a few funded and clearance lines at the peak earn more than no promotion."""
    market = Market(scenario=loaded, truth=truth(150))
    day = dt.date(2026, 11, 11)
    plan = [
        PlanLine(date=day, product=product, offer=offer)
        for product, offer in (
            ("yr-cream", "yunrong-flash-30"),
            ("yr-foundation", "yunrong-flash-30"),
            ("hx-fryer", "huaxing-flash-25"),
            ("old-oven", "clear-20"),
            ("old-toner", "clear-20"),
            ("old-gloss", "clear-20"),
        )
    ]
    gains = []
    for seed in (1, 2, 3):
        nothing, promoted = market.play_all([[], plan], seed)
        gains.append(promoted.totals["profit"] - nothing.totals["profit"])
    assert min(gains) > 0


def test_the_command_says_how_it_is_used(capsys):
    """Without a folder the command explains itself and returns 2."""
    assert singles_day.main([]) == 2
    assert "OUT_DIR" in capsys.readouterr().err
