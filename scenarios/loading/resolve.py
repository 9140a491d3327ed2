"""Fill in what a scenario leaves to the data: segments, prices, costs as shares, history; then check again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from scenarios.currency import minor_digits
from scenarios.language.checks.facts import Facts
from scenarios.language.read_in import products_of
from scenarios.language.schema import LearnedSegments, OwnPullForward, Product, PullForward, ResponseTerms
from scenarios.language.values import parse_money
from scenarios.loading import magnitude
from scenarios.loading.load import LoadedScenario, check, cost_amounts
from scenarios.problems import InvalidInput, Problem
from scenarios.response.baskets import Baskets, OrderBin
from scenarios.response.effects import FittedTerm, Learned, OwnShare
from scenarios.tables.closed_units import closed_units_note, orders_of_open_days, while_open
from scenarios.tables.corrected import corrected
from scenarios.tables.last_sales import until_last_sale


def resolve(loaded: LoadedScenario, learned: Learned) -> LoadedScenario:
    """Return the scenario with everything known that the data had to say.

    Segments are taken where the scenario lets them be learned, prices where a product has none, history where none is
    given, orders where no baskets are named, fitted strengths where the scenario sets none. What the scenario says
    itself always stands.

    Raises
    ------
    InvalidInput
        Where a product still has no price, or names of segments or lines do not fit what was learned.
    """
    scenario = loaded.scenario
    data = dict(loaded.data)
    changes: dict[str, Any] = {}
    if isinstance(scenario.segments, LearnedSegments):
        changes["segments"] = learned.segments
        data["segments"] = [segment.model_dump(mode="python") for segment in learned.segments]
    digits = minor_digits(scenario.currency)
    changes["products"] = tuple(_priced(product, learned.prices, digits) for product in products_of(scenario))
    data["products"] = _rows_with_prices(data["products"], changes["products"])
    if scenario.history == ():
        changes["history"] = learned.history
    changes["response"] = fitted_response(scenario.response, learned.response, changes["products"])
    resolved = cost_amounts(scenario.model_copy(update=changes))
    facts = Facts(
        scenario=resolved,
        data=data,
        places=loaded.positions,
        kept={},
        broken=frozenset(),
        lossy=frozenset(),
        custom=frozenset(loaded.custom),
    )
    # Learned lines are observations, no statements of the planner: only lines that people wrote are checked.
    asked = replace(facts, scenario=resolved.model_copy(update={"history": scenario.history}))
    problems = [*_unpriced(facts), *check(asked, declared=False)]
    if problems:
        raise InvalidInput(problems)
    baskets = loaded.baskets
    if baskets is None and learned.orders:
        bins = {
            segment: tuple(OrderBin(value=value, orders=orders, units=units) for value, orders, units in rows)
            for segment, rows in learned.orders.items()
        }
        baskets = Baskets(bins=bins)
    learned_units, goods = learned.effects.base_units, changes["products"]
    cut = closed_units_note(learned_units, goods, scenario.horizon)
    if baskets is not None and loaded.baskets is None and scenario.horizon.closed:
        baskets = baskets.times(orders_of_open_days(learned_units, facts.segments, goods, scenario.horizon))
    base, ended = until_last_sale(while_open(learned_units, scenario.horizon), goods, scenario.horizon)
    now = corrected(base, loaded.times, facts.segments, goods)
    problems += magnitude.too_large(facts, magnitude.volumes(now.units, now.orders(loaded.baskets)), loaded.custom)
    if problems:
        raise InvalidInput(problems)
    effects = replace(learned.effects, base_units=now.units, notes=(*learned.effects.notes, *cut, *ended, *now.notes))
    return replace(loaded, scenario=resolved, data=data, effects=effects, baskets=now.orders(baskets), times=None)


def fitted_response(
    given: ResponseTerms, fitted: Mapping[str, FittedTerm], products: Sequence[Product] = ()
) -> ResponseTerms:
    """Return the strengths with those that the data supports in place of defaults.

    What customers only switch to is taken off learned lifts already, and what is fitted is what rivals take from each
    other: unless the scenario says otherwise, products without rivals keep their whole bump.

    A fitted strength that does not go with what the scenario says (cannibalisation and pull-forward are parts of one
    bump) leaves the default in place. Where the scenario says what is bought ahead of some of its ``products`` only,
    the data speaks for the others.
    """
    found = given
    for name in sorted(fitted):
        term = fitted[name]
        if not term.supported or _said(given, name):
            continue
        change: dict[str, Any] = {name: term.value}
        if name == "pull_forward":
            change[name] = _ahead(term, given.pull_forward, products)
        else:
            change |= dict(zip((f"{name}_low", f"{name}_high"), _ends(term), strict=True))
        if name == "fatigue" and "fatigue_half_life" not in given.model_fields_set:
            change["fatigue_half_life"] = max(term.periods, 0.1)
        trial = found.model_copy(update=change)
        if trial.cannibalisation + trial.pull_forward.largest <= 1 and trial.fatigue < 1:
            found = trial
    if not {"cannibalisation", "without_rivals"} & given.model_fields_set:
        found = found.model_copy(update={"without_rivals": "keep"})
    return found


def _said(given: ResponseTerms, name: str) -> bool:
    """Whether the scenario itself says a strength; of what is bought ahead, that of every product."""
    if name == "pull_forward":
        return given.pull_forward.told
    return bool({name, f"{name}_low", f"{name}_high"} & given.model_fields_set)


def _ahead(term: FittedTerm, given: PullForward, products: Sequence[Product]) -> PullForward:
    """Return what is bought ahead, with its interval and the shares of single products; given rows go first."""
    own = list(given.own)
    named = {product.id for product in products if given.of(product) is not given}
    for product, each in term.own.items():
        if product not in named:
            low, high = _ends(each)
            own.append(OwnPullForward(product=product, share=each.value, low=low, high=high))
    low, high = _ends(term)
    periods = given.periods if "periods" in given.model_fields_set else max(round(term.periods), 1)
    return PullForward(share=term.value, periods=periods, low=low, high=high, own=tuple(own))


def _ends(found: FittedTerm | OwnShare) -> tuple[float, float] | tuple[None, None]:
    """Return the ends of an interval as far as a share can lie there; none where that is the estimate alone."""
    low, high = min(max(found.low, 0.0), found.value), min(max(found.high, found.value), 1.0)
    return (low, high) if low < high else (None, None)


def _priced(product: Product, prices: dict[str, float], digits: int) -> Product:
    price = prices.get(product.id)
    if product.price is not None or price is None or not (math.isfinite(price) and price > 0):
        return product
    return product.model_copy(update={"price": parse_money(round(Decimal(repr(float(price))), digits))})


def _rows_with_prices(rows: list[dict[str, Any]], products: tuple[Product, ...]) -> list[dict[str, Any]]:
    return [
        row if "price" in row else {**row, "price": product.price} for row, product in zip(rows, products, strict=True)
    ]


def _unpriced(facts: Facts) -> list[Problem]:
    return [
        facts.problem(
            path, "a price", "none here and none in the data", "add price, or name a product that the data sells"
        )
        for path, product in facts.members("products", facts.products)
        if product.price is None
    ]
