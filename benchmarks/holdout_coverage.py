"""Holdouts in the simulated market: how often intervals hold the true effect, and how right the stated power is.

Every customer of singles-day's market lives the same week twice under one seed, with a targeted offer and without it,
so that the true effect is known. In each of 200 weeks a lot keeps a part of every segment out of the audience; what the
rest and the holdout bought is all that the estimators see: difference of means, CUPED on what customers bought in the
two weeks before, and the comparison of sums alone. A segment's true lift is that of all weeks together. How often it is
found is counted over ten lots of each week: in 200 comparisons alone, a share of 80 % is off by 3 points by chance. By
default the coupon is tried whose products sell most. The power is stated four times: by what is assumed where nothing
is known of customers, by what a training learns of them (eight weeks of purchases of all goods before the market
opens), by what these customers bought of the offer's goods in the two weeks before (a file's column ``before``), and by
both, the lots as learned.

``python benchmarks/holdout_coverage.py``
"""

from __future__ import annotations

import argparse
import itertools
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from planner.problem import build_problem
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import Layer
from scenarios.market.customers import Memory
from scenarios.market.play import Market
from scenarios.market.state import MarketState
from scenarios.response.customer_rates import CustomerRates
from scenarios.shipped.singles_day_truth import truth
from scenarios.streams import stream
from surrogate.evidence.customer_rates import customer_rates
from surrogate.flight.measure.effects_measured import Measured, cuped, difference, from_totals
from surrogate.flight.measure.goods_bought import buying_of_goods
from surrogate.flight.measure.power import ASSUMED, Buying, buying_of, counted_outcome, power_of

PAST_DAYS, WEEK = 14, 7
LEARNED_DAYS = 56
"""Days before the market opens of which a training would learn how customers buy."""
LOTS = 10
"""Lots of each week by which the power is counted; coverage takes the first."""
METHODS = ("difference", "CUPED", "sums")


def bought(
    market: Market, state: MarketState, days: range, lines: list[PlanLine], seed: int, products: list[int]
) -> tuple[np.ndarray, MarketState]:
    """[N] units of some products that every customer takes home in some days, and the state after them."""
    by_day, depths = market.by_day(lines), market.competitor(seed)
    units = np.zeros(market.people.segment.size)
    for day in days:
        full = replace(state, stock=np.full_like(state.stock, np.inf))
        state, _, result = market.day(full, day, by_day.get(day, ()), seed, depths)
        rows = np.isin(result.purchases.product, products)
        np.add.at(units, result.purchases.customer[rows], result.purchases.units[rows])
    return units, state


def learned_rates(market: Market, names: tuple[str, ...]) -> tuple[list[CustomerRates | None], np.ndarray, MarketState]:
    """How a training would say that customers buy, units [S, K] a customer and day, and the state that they are in."""
    longer = replace(market.truth.params, warm_up_days=market.truth.params.warm_up_days + LEARNED_DAYS)
    market = replace(market, truth=replace(market.truth, params=longer))
    people, products = market.people.segment, market.prices.size
    blank = Memory.blank(people.size, products, len(market.kinds))
    state = MarketState(memory=blank, stock=np.full(products, np.inf), gift_stock={}, funds={})
    depths, rows = market.competitor(0), []
    for day in range(-longer.warm_up_days, 0):
        state, _, result = market.day(state, day, (), 0, depths)
        if day >= -LEARNED_DAYS:
            own = {"customer": result.purchases.customer, "product": result.purchases.product}
            rows.append(pd.DataFrame(own | {"week": (day + LEARNED_DAYS) // 7, "quantity": result.purchases.units}))
    sales, goods = pd.concat(rows), tuple(str(k) for k in range(products))
    found = customer_rates(sales, goods, goods, np.arange(people.size), people, names, least=50)
    place = np.ravel_multi_index((people[sales["customer"]], sales["product"]), (len(names), products))
    units = np.bincount(place, sales["quantity"], len(names) * products).reshape(len(names), products)
    rates = [found.of(name, np.arange(products)) for name in names]
    return rates, units / LEARNED_DAYS / np.bincount(people)[:, None], market.open_doors(state)


def main() -> None:
    """Play, keep out, measure, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=200)
    parser.add_argument("--holdout", type=float, default=0.2)
    parser.add_argument("--customers", type=int, default=2000, help="of each segment")
    parser.add_argument("--offer", default=None, help="a targeted offer of singles-day on products")
    options = parser.parse_args()
    begun = time.monotonic()
    problem = build_problem("singles-day")
    grid, scenario = problem.grid, problem.loaded.scenario
    market = Market(scenario=scenario, truth=truth(options.customers))
    targeted = [o for o in scenario.offers if o.layer is Layer.TARGETED and not o.is_basket and o.gift is None]
    volume = problem.effects.base_units.mean(axis=0).sum(axis=(0, 2))
    places = {}
    for each in targeted:
        own = [c for c, choice in enumerate(grid.choices.targeted, 1) if scenario.offers[choice.offer].id == each.id]
        places[each.id] = np.flatnonzero(grid.allowed.targeted[..., own].any(axis=(0, 2, 3)))
    name = options.offer or max(places, key=lambda id_: volume[places[id_]].sum())
    offer = next(o for o in targeted if o.id == name)
    products = places[offer.id].tolist()
    lines = [
        PlanLine(
            date=scenario.horizon.date_of(PAST_DAYS + day),
            product=grid.products[k].id,
            segment=segment.id,
            offer=offer.id,
            coverage=1.0,
        )
        for day in range(WEEK)
        for k in products
        for segment in grid.segments
    ]
    rates, usual, warm = learned_rates(market, tuple(segment.id for segment in grid.segments))
    past, state = bought(market, warm, range(PAST_DAYS), [], 0, products)
    week = range(PAST_DAYS, PAST_DAYS + WEEK)
    plain, lifted = [], []
    for seed in range(1, options.weeks + 1):
        plain.append(bought(market, state, week, [], seed, products)[0])
        lifted.append(bought(market, state, week, lines, seed, products)[0])
    without, with_offer = np.array(plain), np.array(lifted)
    print(
        f"{offer.id} on {len(products)} products, {options.weeks} weeks of {market.people.segment.size:,} customers "
        f"played in {time.monotonic() - begun:.0f} s; {options.holdout:.0%} of every segment kept out",
        flush=True,
    )
    covered: dict[str, list[bool]] = {name: [] for name in METHODS}
    by_segment = []
    buyings: list[Buying] = []
    for s, segment in enumerate(grid.segments):
        own = np.flatnonzero(market.people.segment == s)
        before = past[own]
        true = with_offer[:, own].sum() / without[:, own].sum() - 1.0
        inside: dict[str, list[bool]] = {name: [] for name in METHODS}
        shown: dict[str, int] = dict.fromkeys(METHODS, 0)
        width: dict[str, list[float]] = {name: [] for name in METHODS}
        for number, lot in itertools.product(range(options.weeks), range(LOTS)):
            rng = stream(number, "benchmark", "lot", segment.id, *([str(lot)] if lot else []))
            held = np.zeros(len(own), dtype=bool)
            held[rng.permutation(len(own))[: round(options.holdout * len(own))]] = True
            one, other = with_offer[number, own[~held]], without[number, own[held]]
            found: dict[str, Measured | None] = {
                "difference": difference(one, other),
                "CUPED": cuped(one, other, before[~held], before[held]),
                "sums": from_totals(float(one.sum()), float(other.sum()), float((~held).sum()), float(held.sum())),
            }
            for name, each in found.items():
                if each is None:
                    continue
                shown[name] += each.found
                if not lot:
                    inside[name].append(each.low <= true <= each.high)
                    width[name].append(min(each.high, 99.0) - max(each.low, -99.0))
        kept = round(options.holdout * len(own))
        mean = float(without[:, own].mean())
        sample = float(without[:, own].var(axis=1).mean())
        buyings.append(buying_of(before) or ASSUMED)
        means = np.zeros((len(usual[s]), WEEK))
        means[products] = (usual[s, products] * mean / usual[s, products].sum() / WEEK)[:, None]
        learned = (None if rates[s] is None else buying_of_goods(rates[s], means, 1 / 7)) or ASSUMED
        both = buying_of(before, learned.lot) or ASSUMED
        stated = {
            "assumed": power_of(counted_outcome(mean), len(own) - kept, kept, true),
            "learned": power_of(counted_outcome(mean, learned), len(own) - kept, kept, true),
            "known": power_of(counted_outcome(mean, buyings[-1]), len(own) - kept, kept, true),
            "both": power_of(counted_outcome(mean, both), len(own) - kept, kept, true),
        }
        for name in METHODS:
            covered[name] += inside[name]
        by_segment.append((segment.id, true, mean, sample, stated, shown, inside, width, learned))
    for name in METHODS:
        shares = [float(np.mean(row[6][name])) for row in by_segment if row[6][name]]
        print(
            f"{name:10s} covers the true lift in {np.mean(covered[name]):.1%} of {len(covered[name])} runs; by segment "
            f"{min(shares):.1%} to {max(shares):.1%}"
        )
    print(
        "segment: true lift; units a customer, variance; power stated: assumed, learned, by the past, by both; found; "
        "CUPED; buying"
    )
    for (name, true, mean, sample, stated, shown, _, width, learned), buying in zip(by_segment, buyings, strict=True):
        found = shown["difference"] / (options.weeks * LOTS)
        narrower = np.median(width["CUPED"]) / np.median(width["difference"])
        print(
            f"  {name:20s} {true:+7.1%}; {mean:.3f}, {sample:.3f}; {stated['assumed']:5.1%}, "
            f"{stated['learned']:5.1%}, {stated['known']:5.1%}, {stated['both']:5.1%}, found {found:5.1%}; "
            f"CUPED's intervals {narrower:.0%} as wide; "
            f"rates scatter by {learned.spread:.0%}, {learned.lot:.2f} units a purchase as learned, "
            f"{buying.spread:.0%} and {buying.lot:.2f} by the past"
        )
    counted = options.weeks * LOTS
    told = {
        "assumed": "spread and lots assumed",
        "learned": "learned from the data",
        "known": "told by the past",
        "both": "by past and lots",
    }
    off = {how: [abs(row[4][how] - row[5]["difference"] / counted) for row in by_segment] for how in told}
    said = [f"{told[how]} off by {np.mean(each):.1%} in the mean, at most {max(each):.1%}" for how, each in off.items()]
    print("power: " + "; ".join(said))


if __name__ == "__main__":
    main()
