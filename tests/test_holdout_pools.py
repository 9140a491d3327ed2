"""Holdouts that are too thin alone tell a lift together: by segment, of nothing twice, and only of what is alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios.language.schemas.offer import Offer
from surrogate.data.data_parts import PastOffer
from surrogate.evidence.holdouts.lift import Comparison, compared_units
from surrogate.evidence.holdouts.pools import NOT_DRAWN, TOO_FEW, Pools, pools

SEGMENTS, LEAST = ("keen", "calm"), 50
TRUTH = {"keen": 0.5, "calm": 0.1}
CUSTOMERS, HELD = 6000, 0.25
Parts = dict[tuple[str, str], list[Comparison]]


def past(**depths: str) -> dict[str, Offer]:
    """Coupons by id and depth; a blank depth is a gift."""
    found = {}
    for name, depth in depths.items():
        kind = {"mechanic": "gift", "gift_value": 2} if depth == "" else {"mechanic": "coupon", "depth": depth}
        found[name] = PastOffer.model_validate({**kind, "layer": "targeted"}).as_offer(name)
    return found


def run(offer: str, product: str, seed: int, rate: float | np.ndarray = 0.012, more_before: float = 0.0) -> Comparison:
    """One mailing of an offer on a product: units are Poisson counts about a rate, lifted by segment."""
    rng = np.random.Generator(np.random.Philox(seed))
    sent, stratum = rng.random(CUSTOMERS) > HELD, np.arange(CUSTOMERS) % 2
    lift = np.array(list(TRUTH.values()))[stratum]
    own = rate * rng.gamma(2.0, 0.5, CUSTOMERS)
    units = rng.poisson(own * (1.0 + lift * sent)).astype(float)
    return Comparison(
        offer=offer,
        product=product or None,
        first_day=700,
        last_day=706,
        customer=np.arange(CUSTOMERS),
        sent=sent,
        stratum=stratum,
        units=units,
        offered=units,
        past=rng.poisson(10.0 * own).astype(float),
        spend=rng.gamma(2.0, 10.0, CUSTOMERS) * (1.0 + more_before * sent),
    )


def measured(parts: Parts, offers: dict[str, Offer]) -> Pools:
    """Measure, and see that no part stands in two tests, or in one and among the unused."""
    found = pools(parts, offers, SEGMENTS, LEAST)
    assert len(set(found.used)) == len(found.used)
    left = [told for reason in found.unused.values() for told in reason]
    assert len(found.used) + len(left) == len(parts)
    return found


def thin(offer: str, seed: int, products: int = 8) -> Parts:
    """An offer on products of which none tells a lift by segment alone."""
    return {(offer, f"p{number}"): [run(offer, f"p{number}", 100 * seed + number)] for number in range(products)}


def test_products_of_an_offer_tell_together_what_none_tells_alone():
    """Single products tell no segment's lift; together they tell each segment's, and are named."""
    errors = []
    for seed in range(6):
        found = measured(thin("mail", seed), past(mail="20%"))
        assert [test.segment for test in found.tests] == list(SEGMENTS) and found.pooled == found.tests
        assert all(test.offer == "mail" and test.on == tuple(f"p{n}" for n in range(8)) for test in found.tests)
        errors += [(test.lift - TRUTH[test.segment]) / test.standard_error for test in found.tests]
    assert abs(np.mean(errors)) < 2.5 / np.sqrt(len(errors))
    assert 0.5 < np.std(errors) < 1.6


def test_a_pool_tells_what_each_of_its_products_weighs():
    """A product that is bought three times as often is three of its pool, whatever a scenario's customers will buy."""
    parts = {("mail", f"p{n}"): [run("mail", f"p{n}", 100 + n, 0.012 if n else 0.036)] for n in range(6)}
    for test in measured(parts, past(mail="20%")).tests:
        first, *others = test.product_weights
        assert test.on[0] == "p0" and first + sum(others) == pytest.approx(1.0, abs=1e-3)
        assert first == pytest.approx(3.0 * np.mean(others), rel=0.25)


def test_what_is_compared_of_a_segment_is_by_its_groups_and_not_by_its_customers():
    """A tenth left out of one segment, half of another that buys as much: 9 of the one count beside 25 of the other."""
    sent = np.tile([True] * 9 + [False], 200)
    sent[1000:] = np.arange(1000) % 2 == 0
    plain = run("mail", "p", 1)
    first = {name: getattr(plain, name)[:2000] for name in ("customer", "past", "spend")}
    bought = np.where(sent, 1.2, 1.0)
    one = replace(plain, **first, sent=sent, stratum=np.arange(2000) // 1000, units=bought, offered=bought)
    found = compared_units([one, one], None, 0.2)
    assert found == {("p", 0): pytest.approx(2 * 1000 * 0.09), ("p", 1): pytest.approx(2 * 1000 * 0.25)}


def test_a_product_that_tells_by_itself_stays_by_itself():
    """A product that sells much has tests of its own, and its purchases are in no pool."""
    parts = thin("mail", 1) | {("mail", "rich"): [run("mail", "rich", 7, rate=1.0)]}
    found = measured(parts, past(mail="20%"))
    own = [test for test in found.tests if test.product == "rich"]
    assert [test.segment for test in own] == list(SEGMENTS)
    assert all("rich" not in test.on for test in found.pooled) and len(found.pooled) == 2


def test_coupons_of_one_depth_then_of_similar_depth_are_pooled_and_others_are_not():
    """Two offers of 20 % make a pool; 15 % and 20 % do where neither is enough, 10 % and 30 % never."""
    same = thin("a", 1, 2) | thin("b", 2, 2)
    (first, _) = measured(same, past(a="20%", b="20%")).tests
    assert first.mechanic == "coupon" and first.depth == pytest.approx(0.20)
    near = measured(same, past(a="15%", b="20%"))
    assert 0.15 < near.tests[0].depth < 0.20 and set(near.used) == set(same)
    far = measured(same, past(a="10%", b="30%"))
    assert all(test.offer in {"a", "b"} for test in far.tests)


def test_other_mechanics_are_pooled_over_products_alone():
    """Two gifts are two things: what neither tells is told of none together."""
    found = measured(thin("gift-a", 1, 2) | thin("gift-b", 2, 2), past(**{"gift-a": "", "gift-b": ""}))
    assert all(test.offer is not None for test in found.tests)


def test_what_chance_did_not_draw_and_what_nothing_tells_of_stays_out():
    """Groups that differed before are in no pool; offers that nobody bought of are named."""
    parts = thin("mail", 1) | {("mail", "odd"): [run("mail", "odd", 9, more_before=0.2)]}
    parts |= {("gift", ""): [run("gift", "", 5, rate=0.0005)]}
    found = measured(parts, past(mail="20%", gift=""))
    assert all("odd" not in test.on for test in found.tests)
    (said,) = found.unused[NOT_DRAWN]
    assert said.startswith("mail on odd (") and found.unused[TOO_FEW] == ["gift"]


def test_what_stands_for_segments_that_lie_apart_has_an_error_that_says_so():
    """Fifteen segments, none of which tells a lift: one test, less sure where half of them answer and half do not."""
    errors = []
    for lifts in (np.full(15, 1.0), np.tile([2.5, -0.5], 8)[:15]):
        runs = run("mail", "p", 3)
        segment = np.arange(CUSTOMERS) % 15
        units = np.random.Generator(np.random.Philox(9)).poisson(0.024 * (1.0 + lifts[segment] * runs.sent))
        many = replace(runs, stratum=segment, units=units.astype(float), offered=units.astype(float))
        (test,) = pools({("mail", "p"): [many]}, past(mail="20%"), [f"s{n}" for n in range(15)], LEAST).tests
        assert not test.who
        errors.append(test.standard_error)
    assert errors[1] > 1.6 * errors[0]


def test_a_pool_that_is_mostly_one_segments_does_not_stand_for_the_other():
    """The keen buy twenty times as much: the calm, too thin for a sure lift, have a rough one of their own."""
    errors, told = [], []
    for seed in range(6):
        rates = np.where(np.arange(CUSTOMERS) % 2, 0.025, 0.5)
        found = measured({("mail", "p"): [run("mail", "p", 40 + seed, rate=rates)]}, past(mail="20%"))
        keen, *others = found.tests
        assert keen.segment == "keen" and abs(keen.lift - TRUTH["keen"]) < 3 * keen.standard_error < 0.4
        told += [test.segment for test in others]
        errors += [(test.lift - TRUTH["calm"]) / test.standard_error for test in others]
    assert told.count("calm") >= 4 and set(told) == {"calm"}
    assert np.abs(errors).max() < 2.6


def test_few_who_were_left_out_tell_a_large_lift_too():
    """Where a coupon more than doubles sales, intervals hold it, as the step is not taken at what is usual."""
    truth, held = {"p0": 1.1, "p1": 1.9}, {"p0": list[bool](), "p1": list[bool]()}
    customers, sent = np.arange(900), np.arange(900) >= 100
    for seed in range(60):
        parts: Parts = {}
        for number, (product, lift) in enumerate(truth.items()):
            rng = np.random.Generator(np.random.Philox(2 * seed + number))
            own = (0.45, 0.11)[number] * rng.gamma(1.5, 1 / 1.5, 900)
            units = rng.poisson(own * (1.0 + lift * sent)).astype(float)
            past_units = rng.poisson(8.0 * own).astype(float)
            parts["mail", product] = [
                replace(run("mail", product, seed), customer=customers, sent=sent, stratum=np.zeros(900, dtype=int),
                        units=units, offered=units, past=past_units, spend=rng.gamma(2.0, 10.0, 900))
            ]  # fmt: skip
        for test in measured(parts, past(mail="20%")).tests:
            if test.product is not None:
                held[test.product].append(abs(test.lift - truth[test.product]) < 1.645 * test.standard_error)
    assert all(np.mean(told) > 0.8 for told in held.values())
