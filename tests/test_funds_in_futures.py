"""Vendors' funds in futures: no vendor pays more than his fund, in time order, and the retailer bears the rest."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from funds_case import DRAWS, MONEY, SEEDS, SIGN, Case, borne_by_retailer, days, plain_sum, scopes, some_funds
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.ledger import Ledger
from scenarios.answer.as_paid import as_paid
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.futures.draws import draw
from scenarios.futures.funds import Funded, Funds
from scenarios.futures.optimism import optimism
from scenarios.futures.outcomes import outcomes
from scenarios.language.aim import Aim
from scenarios.language.schema import Limit
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.market.account import Tally
from scenarios.market.till import DayTill
from scenarios.market.till import Funded as Claim


@settings(derandomize=True, deadline=None, max_examples=25)
@given(SEEDS, st.sampled_from([0.0, 0.4, 0.8, 1.0]))
def test_the_retailer_bears_what_a_plain_loop_says(seed, share):
    """Profit, margin and funding fall, and spend rises, by what vendors do not pay: everywhere and in any scope."""
    case = Case(seed)
    funds = some_funds(case, share)
    model = case.with_funds(funds)
    aware, places = Funds(model), [*itertools.product(scopes(case), MONEY)]
    found = case.uses(model, [aware.measure(measure, scope) for scope, measure in places])
    paid = case.uses(model, [plain_sum(model, measure, scope) for scope, measure in places])
    for column, (scope, measure) in enumerate(places):
        borne = borne_by_retailer(case, funds, scope)
        assert found[:, column] == pytest.approx(paid[:, column] - SIGN[measure] * borne, abs=1e-6)


@settings(derandomize=True, deadline=None, max_examples=15)
@given(SEEDS)
def test_period_by_period_adds_up_to_the_whole(seed):
    """What a sum is period by period, or segment by segment, is in all what it is as a whole."""
    case = Case(seed)
    model = case.with_funds(some_funds(case, 0.6))
    aware = Funds(model)
    wanted = [aware.measure(measure, Scope()) for measure in MONEY]
    parts = [
        [aware.measure(measure, Scope(segments=(each.id,))) for each in model.grid.segments]
        for measure in (Measure.SPEND, Measure.VENDOR_FUNDING)
    ]
    found = outcomes(model, case.effects, case.plan, case.draws, wanted, wanted)
    assert found.periods.sum(axis=2) == pytest.approx(found.values, abs=1e-6)
    for column, each in zip((2, 3), parts, strict=True):
        assert case.uses(model, each).sum(axis=1) == pytest.approx(found.values[:, column], abs=1e-6)


@settings(derandomize=True, deadline=None, max_examples=15)
@given(SEEDS)
def test_the_markets_till_pays_the_same(seed):
    """The till of the simulated market, asked for the same money period by period, pays the same in every segment."""
    case = Case(seed)
    funds = some_funds(case, 0.5)
    model = case.with_funds(funds)
    segments, products = model.grid.segments, model.grid.products
    asked = {
        (vendor, s): case.asked(vendor, Scope(segments=(segment.id,)))
        for vendor in funds
        for s, segment in enumerate(segments)
    }
    aware = [Funds(model).measure(Measure.VENDOR_FUNDING, Scope(segments=(each.id,))) for each in segments]
    found = case.uses(model, aware)
    wide = (len(segments), len(products) + 1)
    for future in range(DRAWS):
        tally, left = Tally.empty(len(segments), len(products), len(days(case))), dict(funds)
        for period in range(len(days(case))):
            claims = tuple(
                Claim(vendor=vendor, share=1.0, segment=s, row=0, discount=0.0, other=bill[future, period], for_units=0)
                for (vendor, s), bill in asked.items()
            )
            till = _till(wide, claims)
            left = till.add_to(tally, period, left, products, case.scenario.money)
        assert found[future] == pytest.approx(tally.funding.sum(axis=(1, 2)), abs=1e-5)


def _till(wide: tuple[int, int], claims: tuple[Claim, ...]) -> DayTill:
    """A day on which nothing is sold, and vendors are asked for money."""
    rows = ("listed", "discount", "cost_net", "gift_units", "gift_cost_net", "uses", "topped_up", "fixed_net")
    nobody = dict.fromkeys(("orders", "contacts", "contact_cost_net"), np.zeros(wide[0]))
    none = {name: np.ones(wide) if name == "listed" else np.zeros(wide) for name in rows}
    return DayTill(units=np.zeros((wide[0], wide[1] - 1)), **none, **nobody, funded=claims, gift_stock={})


@settings(derandomize=True, deadline=None, max_examples=15)
@given(SEEDS)
def test_a_larger_fund_never_costs_profit(seed):
    """In no future a larger fund lowers profit or raises spend; from the largest claim on it changes nothing at all."""
    case = Case(seed)
    most = {vendor.id: float(case.asked(vendor.id, Scope()).sum(axis=1).max()) for vendor in case.scenario.vendors}
    before = None
    for share in (0.0, 0.3, 0.7, 0.9, 1.0):
        model = case.with_funds({vendor: round(share * each, 2) for vendor, each in most.items()})
        aware = Funds(model)
        found = case.uses(model, [aware.measure(measure, Scope()) for measure in (Measure.PROFIT, Measure.SPEND)])
        if before is not None:
            assert (found[:, 0] >= before[:, 0] - 1e-6).all() and (found[:, 1] <= before[:, 1] + 1e-6).all()
        before = found
    free = case.uses(
        case.model, [plain_sum(case.model, measure, Scope()) for measure in (Measure.PROFIT, Measure.SPEND)]
    )
    ample = case.with_funds({vendor: each + 0.01 for vendor, each in most.items()})
    aware = [Funds(ample).measure(measure, Scope()) for measure in (Measure.PROFIT, Measure.SPEND)]
    assert (case.uses(ample, aware) == free).all()


def test_without_a_fund_sums_are_plain():
    """Nothing is asked of anybody: the very sums that there are without funds."""
    case = Case(5)
    assert not isinstance(Funds(case.model).measure(Measure.PROFIT, Scope()), Funded)
    assert not isinstance(Funds(case.with_funds({"v0": 10.0})).measure(Measure.UNITS, Scope()), Funded)
    assert not Ledger(case.model, case.effects, case.draws).audit(case.plan).outcome.funds_used_up


@settings(derandomize=True, deadline=None, max_examples=20)
@given(SEEDS)
def test_a_certain_future_is_the_account_as_paid(seed):
    """Where nothing is uncertain a future misses what the account misses in which funds are paid out, but for cents."""
    case = Case(seed, stock=False)
    risk = case.scenario.risk.model_copy(update={"order_cv": 0.0})
    certain = replace(
        case.effects,
        base_units=case.effects.base_units.mean(axis=0, keepdims=True),
        lift=case.effects.lift.mean(axis=0, keepdims=True),
        **{name: 0 * getattr(case.effects, name) for name in ("base_cv", "lift_sd", "take_up_cv")},
    )
    case.effects, case.draws = certain, draw(case.model.grid, certain, seed, count=2)
    model = case.with_funds(some_funds(case, 0.5), risk=risk)
    aware, asked = Funds(model), account(model, case.plan)
    book = as_paid(asked).account
    places = [*itertools.product(scopes(case), MONEY)]
    found = case.uses(model, [aware.measure(measure, scope) for scope, measure in places])
    plain = case.uses(model, [plain_sum(model, measure, scope) for scope, measure in places])
    less = [(measured(book, measure, scope) - measured(asked, measure, scope)) / 100 for scope, measure in places]
    assert found[0] - plain[0] == pytest.approx(less, abs=0.01 * len(book.rows.line) + 0.01)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(SEEDS, st.sampled_from([0.0, 0.3, 0.9]))
def test_an_account_is_paid_until_funds_are_empty(seed, share):
    """Cell by cell of an account: whole until the fund ends, then in proportion, then nothing; nobody pays more."""
    case = Case(seed)
    asked = account(case.model, case.plan)
    suppliers = [*(product.vendor for product in case.model.grid.products), None]
    places = zip(asked.rows.offer, asked.rows.product, strict=True)
    payers = np.array([case.scenario.offers[o].terms_on(suppliers[k]).payer for o, k in places], dtype=object)
    bills = {v.id: int(asked.rows.funding[payers == v.id].sum()) for v in case.scenario.vendors}
    funds = {vendor: int(share * bill) for vendor, bill in bills.items()}
    book = account(case.with_funds({vendor: fund / 100 for vendor, fund in funds.items()}), case.plan)
    found = as_paid(book)
    for vendor, fund in funds.items():
        own = payers == vendor
        assert found.beyond.get(vendor, 0) == bills[vendor] - fund
        left = fund
        for period in range(len(days(case))):
            here = own & (asked.rows.period == period)
            bill, paid = asked.rows.funding[here], found.account.rows.funding[here]
            assert paid.sum() == min(left, bill.sum())
            if bill.sum():
                assert paid == pytest.approx(bill * paid.sum() / bill.sum(), abs=1)
            left -= int(paid.sum())
    assert bills == {v: int(book.rows.funding[payers == v].sum()) for v in bills}  # as it was


def test_limits_at_risk_count_what_vendors_do_not_pay():
    """A cap on spend at risk counts it, also per period and in a scope; one on a vendor's money is at most the fund."""
    case = Case(8, segments=2, products=2, periods=3)
    funds = some_funds(case, 0.5)
    segment, payer = case.scenario.segments[0].id, max(funds, key=lambda vendor: funds[vendor])
    limits = (
        Limit(id="spend", measure="spend", max=10**6, at_risk=0.9),
        Limit(id="daily", measure="spend", max=10**6, each="period", at_risk=0.9),
        Limit(id="here", measure="spend", max=10**6, where=Scope(segments=(segment,)), at_risk=0.9),
        Limit(id="paid", measure="vendor_funding", max=10**6, where=Scope(vendor=payer), at_risk=0.9),
        Limit(id="rate", measure="margin_rate", min=-10, at_risk=0.9),
    )

    def used(given: dict[str, float]) -> dict[str, Decimal]:
        model = case.with_funds(given, limits=limits)
        report = Ledger(model, case.effects, case.draws).audit(case.plan)
        return {limit.id: limit.used_at_risk for limit in report.limits if limit.at_risk is not None}

    capped, free, nothing = used(funds), used({}), used(dict.fromkeys(funds, 0.01))
    assert all(capped[name] > free[name] for name in ("spend", "here"))
    assert nothing["daily"] >= capped["daily"] >= free["daily"]  # the worst day may ask no vendor for anything
    assert capped["rate"] < free["rate"]
    assert capped["paid"] <= Decimal(repr(funds[payer])) < free["paid"]


@pytest.mark.parametrize("objective", ["profit", Aim(risk="mean"), Aim.model_validate({"risk": {"cvar": "20%"}})])
def test_objectives_over_futures_and_optimism_count_it(objective):
    """A careful objective falls with a smaller fund, and fresh futures too find a plan worth less."""
    case = Case(8, segments=2, products=2, periods=3)
    funds = some_funds(case, 0.5)
    worth, promises = [], []
    for given_ in ({}, funds):
        model = case.with_funds(given_, objective=objective)
        ledger = Ledger(model, case.effects, case.draws)
        report = ledger.audit(case.plan)
        worth.append((ledger.gained(case.plan), report.objective, report.outcome.quantiles["profit"].p50))
        promises.append(optimism(model, case.effects, [case.plan], [100.0], 3)[0].value)
        assert report.expected == Ledger(case.model, case.effects, case.draws).audit(case.plan).expected
    (gained, objective_before, median), (less, objective_after, lower) = worth
    assert (less <= gained + 1e-6).all() and lower < median
    assert objective_after < objective_before if objective != "profit" else objective_after == objective_before
    assert promises[1] > promises[0]
    used_up = report.outcome.funds_used_up
    assert used_up is not None and set(used_up) <= {"v0", "v1"} and max(used_up.values()) > 0.5
