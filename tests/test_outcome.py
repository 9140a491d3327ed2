"""The account: integer rows that add up to every total, and equal the float response within rounding."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from scenarios.answer.outcome import account
from scenarios.answer.sums import digits_of, measured
from scenarios.grid import build_grid
from scenarios.language.scope import Scope
from scenarios.language.words import BASKET, RATIOS, Layer, Measure
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.measures import measure_functional
from scenarios.response.net_factors import kept_shares
from scenarios.response.totals import evaluate

SUMMED = tuple(measure for measure in Measure if measure not in RATIOS)
WHOLE_ONLY = (Measure.MARGIN, Measure.PROFIT)


def tiny_model(seed: int) -> tuple[Coefficients, np.random.Generator]:
    """Return the tables of a random tiny scenario and the stream that made it."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng)
    return build_coefficients(build_grid(scenario), effects, baskets), rng


def random_plan(model: Coefficients, rng: np.random.Generator, share: float = 0.6) -> np.ndarray:
    """Return a flat plan with a share of its slots filled."""
    scores = np.where(model.grid.allowed_flat, rng.random(model.grid.allowed_flat.shape), -1.0)
    return np.where(rng.random(model.grid.slots) < share, scores.argmax(axis=1), 0).astype(np.int8)


def random_scope(model: Coefficients, rng: np.random.Generator, *, offers: bool) -> Scope:
    """Return a random scope; ``offers`` lets it narrow to some offers."""
    grid = model.grid
    scenario = grid.scenario

    def some(ids):
        return tuple(x for x in dict.fromkeys(ids) if rng.random() < 0.6) or None if rng.random() < 0.4 else None

    first = scenario.horizon.date_of(int(rng.integers(grid.shape[2])))
    keys = {
        "segments": some(s.id for s in grid.segments),
        "products": some([*(p.id for p in grid.products), BASKET]),
        "categories": some(p.category for p in grid.products) if rng.random() < 0.3 else None,
        "periods": (f"{first}..{first + dt.timedelta(days=9)}",) if rng.random() < 0.3 else None,
    }
    if offers:
        keys["offers"] = some(o.id for o in scenario.offers)
        keys["mechanics"] = some(o.mechanic for o in scenario.offers) if rng.random() < 0.3 else None
        keys["channels"] = ("push",) if rng.random() < 0.1 else None
        keys["layer"] = Layer(rng.choice(["public", "targeted"])) if rng.random() < 0.3 else None
        keys["vendor"] = "v0" if rng.random() < 0.1 else None
    return Scope.model_validate({key: value for key, value in keys.items() if value is not None})


@settings(derandomize=True, deadline=None, max_examples=15)
@given(st.integers(0, 10**6))
def test_account_equals_the_float_response_for_every_measure_and_scope(seed):
    """Every measure over every scope differs from its float functional by at most what rounding its rows can do."""
    model, rng = tiny_model(seed)
    plan = random_plan(model, rng)
    book = account(model, plan)
    amounts = 3 * model.base_units.size * 8 + 12 * len(book.rows.line) + 12
    for measure in SUMMED:
        for _ in range(3):
            scope = random_scope(model, rng, offers=measure not in WHOLE_ONLY)
            exact = float(evaluate(measure_functional(model.grid, model.economics, measure, scope), model, plan, np))
            digits = digits_of(measure, book.digits)
            assert abs(measured(book, measure, scope) - exact * 10**digits) <= 0.5 * amounts + 1e-6, (measure, scope)


@settings(derandomize=True, deadline=None, max_examples=12)
@given(st.integers(0, 10**6))
def test_no_item_is_missing_or_doubled(seed):
    """With sales a million times larger, rounding is dust: every measure agrees to nine digits."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, stock=False)
    effects = replace(effects, base_units=effects.base_units * 1e6)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    plan = random_plan(model, rng)
    book = account(model, plan)
    for measure in SUMMED:
        scope = random_scope(model, rng, offers=measure not in WHOLE_ONLY)
        exact = float(evaluate(measure_functional(model.grid, model.economics, measure, scope), model, plan, np))
        rounded = measured(book, measure, scope) / 10 ** digits_of(measure, book.digits)
        assert rounded == pytest.approx(exact, rel=1e-9, abs=2.0), (measure, scope)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.integers(0, 10**6))
def test_line_spends_sum_to_the_total_exactly(seed):
    """Three ways to the same spend: row by row, line by line, and item by item."""
    model, rng = tiny_model(seed)
    book = account(model, random_plan(model, rng))
    rows = book.rows
    by_line = np.bincount(rows.line, weights=rows.spend, minlength=len(book.lines)) if len(rows.line) else np.zeros(0)
    items = rows.discount + rows.gift_cost + rows.contact_cost + rows.fixed_cost - rows.funding
    assert measured(book, Measure.SPEND, Scope()) == int(rows.spend.sum()) == int(by_line.sum()) == int(items.sum())
    assert measured(book, Measure.CONTACTS, Scope()) == int(rows.contacts.sum())


@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.integers(0, 10**6))
def test_vendors_never_pay_more_than_was_agreed(seed):
    """By a share at most a row's discount, gifts and fixed cost, by the unit and line these amounts."""
    model, rng = tiny_model(seed)
    rows = account(model, random_plan(model, rng)).rows
    suppliers = [*(product.vendor for product in model.grid.products), None]
    offers = model.grid.scenario.offers
    terms = [offers[o].terms_on(suppliers[k]) for o, k in zip(rows.offer, rows.product, strict=True)]
    each = np.array([float(paid.per_unit) for paid in terms])
    lines = 100 * np.array([float(paid.per_line) for paid in terms])
    kept = np.append(kept_shares(model.grid.products, model.grid.scenario.money), 0.0)
    for_units = 100 * each * kept[rows.product] * rows.units / 1000
    over = rows.funding - (rows.discount + rows.gift_cost + rows.fixed_cost)
    hidden = 1 + 100 * each.max(initial=0.0) * 0.0005  # units are told to the thousandth
    assert (over[(each == 0) & (lines == 0)] <= 0).all()
    assert (over <= for_units + lines + hidden).all() and (rows.funding >= for_units - hidden).all()
    assert (rows.fixed_cost >= 0).all()


def test_public_fixed_costs_are_split_by_customers_to_the_cent():
    """A public line's fixed cost is split over the segments, and the parts add up."""
    for seed in range(12):
        model, rng = tiny_model(seed)
        book = account(model, random_plan(model, rng, share=1.0))
        offers = model.grid.scenario.offers
        for number, line in enumerate(book.lines):
            cost = next(offer.fixed_cost for offer in offers if offer.id == line.offer)
            assert book.rows.fixed_cost[book.rows.line == number].sum() == round(cost * 10**book.digits)


def test_an_empty_plan_has_no_rows_and_no_spend():
    """Without lines nothing is spent, and units are the baseline after what history left."""
    model, _ = tiny_model(3)
    book = account(model, model.grid.empty())
    assert len(book.rows.line) == 0
    assert measured(book, Measure.GROSS_SPEND, Scope()) == 0
    expected = (model.base_units * model.past.dip).sum()
    assert measured(book, Measure.UNITS, Scope()) / 1000 == pytest.approx(expected, abs=0.0005 * model.base_units.size)
