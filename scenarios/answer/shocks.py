"""Shocks: what may go wrong after a plan is signed, as changes of the tables that it was planned on (docs/risk.md)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from scenarios.answer.archive import Frozen
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Offer, Product, Scenario
from scenarios.language.schemas.funding import without
from scenarios.response.baskets import Baskets
from scenarios.response.effects import Effects

REDEMPTION = 2.0
"""Take-up is multiplied by this, up to everybody."""
BASELINE = 0.80
"""What is left of every baseline when demand falls."""
LATE_DAYS = 7
"""Every arrival comes so many days later."""
RETURNS = 1.5
"""Share of units that come back is multiplied by this, up to all."""
COMPETITOR_CUT = 0.15
"""A competitor's price cut on everything that is sold here."""
CROSS_ELASTICITY = 0.26
"""Change of own units with a competitor's price: the mean of 7,264 estimates (Auer and Papies, 2020)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Shock:
    """One thing that goes wrong."""

    id: str
    title: str
    assumed: str
    """A sentence: what exactly changes, and what does not."""
    changed: Frozen | None
    """The problem as the shock leaves it; None where the shock changes nothing, which `assumed` then says."""
    demand_falls: bool = False
    """Whether all demand falls: what lines of the future would earn falls with it, and so does the price of fatigue."""


def shocks(frozen: Frozen, used: frozenset[tuple[str, str]]) -> tuple[Shock, ...]:
    """Return every shock of the standard set.

    Parameters
    ----------
    frozen
        The problem that was planned.
    used
        Offers of the plan with the products that they lie on, by id: only vendors who pay for one of these lines can
        withdraw.
    """
    return (
        _redemption(frozen),
        _baseline(frozen),
        *_vendors(frozen, used),
        _late(frozen),
        _competitor(frozen),
        _returns(frozen),
    )


def _redemption(frozen: Frozen) -> Shock:
    effects = frozen.effects
    doubled = replace(effects, take_up=np.minimum(REDEMPTION * effects.take_up, 1.0))
    return Shock(
        id="redemption-doubles",
        title="redemption doubles",
        assumed="redemption doubles: take-up of every offer that not everybody takes is twice as high, at most 100%, "
        "among customers who would have bought anyway; no offer sells more for it",
        changed=replace(frozen, effects=doubled),
    )


def _baseline(frozen: Frozen) -> Shock:
    return Shock(
        id="baseline-falls",
        title=f"baseline {BASELINE - 1:.0%}",
        assumed=f"baseline {BASELINE - 1:.0%}: units and orders without promotion fall so far everywhere, all through "
        "the horizon; relative lifts stay",
        changed=with_less_demand(frozen, BASELINE),
        demand_falls=True,
    )


def _vendors(frozen: Frozen, used: frozenset[tuple[str, str]]) -> list[Shock]:
    """One shock a vendor who pays for a line of the plan."""
    offers = frozen.scenario.offers
    supplier = {product.id: product.vendor for product in listed_products(frozen.scenario)}
    goods = {offer.id: [good for id_, good in used if id_ == offer.id] for offer in offers}
    terms = [offer.terms_on(supplier.get(good)) for offer in offers for good in sorted(goods[offer.id])]
    paying = (each.payer for each in terms if each.share > 0 or each.per_unit > 0 or each.per_line > 0)
    names = list(dict.fromkeys(name for name in paying if name is not None))
    if not names:
        nothing = "vendor withdraws: no line of the plan is funded, so nothing changes"
        return [Shock(id="vendor-withdraws", title="vendor withdraws", assumed=nothing, changed=None)]
    return [
        Shock(
            id=f"vendor-withdraws:{name}",
            title=f"vendor {name} withdraws",
            assumed=f"vendor {name} withdraws: the lines run, {name} pays nothing of them",
            changed=_with_offers(frozen, tuple(_unfunded(offer, name) for offer in offers)),
        )
        for name in names
    ]


def _late(frozen: Frozen) -> Shock:
    products = frozen.scenario.products
    if not isinstance(products, tuple) or not any(product.arrivals for product in products):
        nothing = "stock arrives a week late: no product has arrivals, so nothing changes"
        return Shock(id="stock-late", title="stock a week late", assumed=nothing, changed=None)
    delayed = tuple(_delayed(product) for product in products)
    return Shock(
        id="stock-late",
        title="stock a week late",
        assumed=f"stock arrives a week late: every arrival comes {LATE_DAYS} days later, after the horizon not at all; "
        "what is sold out is lost",
        changed=replace(frozen, scenario=frozen.scenario.model_copy(update={"products": delayed})),
    )


def _competitor(frozen: Frozen) -> Shock:
    left = (1.0 - COMPETITOR_CUT) ** CROSS_ELASTICITY
    return Shock(
        id="competitor-cuts",
        title=f"competitor cuts {COMPETITOR_CUT:.0%}",
        assumed=f"competitor cuts {COMPETITOR_CUT:.0%}: on everything and all through the horizon; at a cross "
        f"elasticity of {CROSS_ELASTICITY:g} units and orders without promotion fall by {1 - left:.1%}; relative lifts "
        "stay",
        changed=with_less_demand(frozen, left),
        demand_falls=True,
    )


def _returns(frozen: Frozen) -> Shock:
    scenario, products = frozen.scenario, frozen.scenario.products
    if not isinstance(products, tuple) or not any(scenario.money.returns_of(product) for product in products):
        nothing = "returns rise by half: no return_rate is above 0, so nothing changes"
        return Shock(id="returns-rise", title="returns rise by half", assumed=nothing, changed=None)
    terms = scenario.money.model_copy(update={"return_rate": min(RETURNS * scenario.money.return_rate, 1.0)})
    update = {"money": terms, "products": tuple(_returned_more(product) for product in products)}
    return Shock(
        id="returns-rise",
        title="returns rise by half",
        assumed="returns rise by half: of every product half as many units more come back, at most all, promoted or "
        "not; what customers buy stays",
        changed=replace(frozen, scenario=scenario.model_copy(update=update)),
    )


def _returned_more(product: Product) -> Product:
    """A product's own rate; that of the money terms stands in for none."""
    if product.return_rate is None:
        return product
    return product.model_copy(update={"return_rate": min(RETURNS * product.return_rate, 1.0)})


def with_less_demand(frozen: Frozen, left: float) -> Frozen:
    """Leave a share of all baselines and of the orders behind them."""
    effects: Effects = replace(frozen.effects, base_units=left * frozen.effects.base_units)
    return replace(frozen, effects=effects, baskets=_fewer(frozen.baskets, left))


def _fewer(baskets: Baskets | None, left: float) -> Baskets | None:
    if baskets is None:
        return None
    bins = {name: tuple(replace(row, orders=left * row.orders) for row in rows) for name, rows in baskets.bins.items()}
    return replace(baskets, bins=bins)


def _unfunded(offer: Offer, vendor: str) -> Offer:
    """Keep the vendor's name, so that scopes still find the offer; only the money is gone."""
    return offer.model_copy(update={"funding": without(offer.funding, vendor)})


def _with_offers(frozen: Frozen, offers: tuple[Offer, ...]) -> Frozen:
    scenario: Scenario = frozen.scenario.model_copy(update={"offers": offers})
    return replace(frozen, scenario=scenario)


def _delayed(product: Product) -> Product:
    arrivals = {day + dt.timedelta(days=LATE_DAYS): units for day, units in product.arrivals.items()}
    return product.model_copy(update={"arrivals": arrivals})
