"""What a valid scenario says that is hardly meant, as notes.

Costs that look like shares or like another unit of money, orders that hold too much, vendors who pay for products of
others, limits and rules that look at no offer or at too many periods, measures that nothing asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from scenarios.first_few import first_few
from scenarios.language.checks.vendors import MEANT, OWN
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Scenario
from scenarios.language.schemas.funding import OF_PRODUCT
from scenarios.language.schemas.rule import NeverWith, OnlyAfter
from scenarios.language.scope import Scope
from scenarios.language.where import names_product
from scenarios.language.words import Measure, Mechanic, Unit
from scenarios.loading.doubtful.bundles import doubtful_bundles
from scenarios.loading.doubtful.channels import doubtful_channels
from scenarios.loading.doubtful.costs import doubtful_costs, plain
from scenarios.loading.doubtful.cut_weeks import doubtful_weeks
from scenarios.loading.doubtful.depths import doubtful_depths
from scenarios.loading.doubtful.floors import beyond_stock, crowds, spend_below_zero
from scenarios.loading.doubtful.funding import doubtful_funding
from scenarios.loading.doubtful.locked_after_the_end import locked_after_the_end
from scenarios.loading.doubtful.never_met import never_met
from scenarios.loading.doubtful.orders import doubtful_orders
from scenarios.loading.doubtful.own_measures import doubtful_measures
from scenarios.loading.doubtful.points import doubtful_points
from scenarios.loading.doubtful.returned import doubtful_returns
from scenarios.loading.doubtful.shares import doubtful_shares
from scenarios.loading.doubtful.sold_at_a_loss import sold_at_a_loss
from scenarios.loading.doubtful.sold_out_anyway import sold_out_anyway
from scenarios.loading.doubtful.spans import doubtful_spans
from scenarios.loading.load import LoadedScenario
from scenarios.loading.offers_there import lies_in
from scenarios.scope_mask import narrows, with_basket

LEAST_GIFT = Decimal("0.02")
"""Share of the cheapest price below which a gift's cost in money looks like a share of the price."""
MANY_TIMES = 10
"""Return on investment that is hardly asked for."""


def doubtful(loaded: LoadedScenario) -> tuple[str, ...]:
    """Return a sentence for everything that is probably a slip; nothing is refused, because it may be meant."""
    return tuple(sentence for _, sentences in doubtful_groups(loaded) for sentence in sentences)


def doubtful_groups(loaded: LoadedScenario) -> tuple[tuple[bool, tuple[str, ...]], ...]:
    """Return them in groups, in order, each with whether it is on stock and arrivals: those change as a campaign runs.

    Some of the others only the file as it was written tells.
    """
    scenario = loaded.scenario
    return (
        (False, (*doubtful_points(loaded), *doubtful_bundles(scenario), *doubtful_costs(loaded))),
        (False, (*sold_at_a_loss(scenario), *doubtful_returns(scenario), *doubtful_channels(scenario))),
        (True, sold_out_anyway(loaded)),
        (False, (*_free_goods(scenario), *_same_names(scenario), *doubtful_depths(scenario))),
        (False, (*_magnitudes(scenario), *doubtful_orders(loaded), *_funders(scenario), *doubtful_funding(scenario))),
        (True, (*_arrivals(scenario), *beyond_stock(scenario))),
        (
            False,
            (
                *_scopes(loaded),
                *never_met(scenario),
                *doubtful_shares(loaded),
                *crowds(scenario),
                *spend_below_zero(scenario),
                *doubtful_spans(scenario),
            ),
        ),
        (False, (*doubtful_weeks(scenario), *locked_after_the_end(scenario), *doubtful_measures(loaded))),
    )


def _arrivals(scenario: Scenario) -> list[str]:
    """Goods that come inside a week: they can be sold in the account from the week's first day on."""
    horizon, products = scenario.horizon, scenario.products
    if horizon.unit is not Unit.WEEK or not isinstance(products, tuple):
        return []
    late = []
    for product in products:
        for day in sorted(product.arrivals):
            first = horizon.date_of(horizon.period_of(day))
            if day > first:
                late.append((day - first, f"{product.id} of {day} counts from {first} on"))
    if not late:
        return []
    most = max(late, key=lambda each: each[0])[1]
    more = f", and so do {len(late) - 1} more inside their weeks" if len(late) > 1 else ""
    return [f"the arrival of {most}, the first day of its week{more}: write a later week where that promises too much"]


def _magnitudes(scenario: Scenario) -> Iterator[str]:
    """Costs that no product's price bears, and ratios of thousands of percent: fils for dinars, 25 for 25%."""
    products = listed_products(scenario)
    prices = [product.price for product in products if product.price is not None]
    if prices:
        dearest, currency = max(prices), scenario.currency
        for channel in scenario.channels:
            if channel.cost_per_contact > min(prices):
                each = f"one message costs {plain(channel.cost_per_contact)} {currency}"
                yield f"channel {channel.id}: {each}, more than the cheapest product"
        for gift in scenario.gifts:
            if isinstance(gift.unit_cost, Decimal) and 0 < gift.unit_cost < min(Decimal(1), LEAST_GIFT * min(prices)):
                written = (
                    f"gift {gift.id}: one costs {plain(gift.unit_cost)} {currency}, next to nothing beside any price"
                )
                yield f"{written}; write {plain(100 * gift.unit_cost)}% if points are meant"
            if isinstance(gift.unit_cost, Decimal) and gift.unit_cost > dearest:
                yield f"gift {gift.id}: one costs {plain(gift.unit_cost)} {currency}, more than the dearest product"
    costs = {gift.id: gift.unit_cost for gift in scenario.gifts}
    for offer in scenario.offers:
        cost = costs.get(offer.gift or "")
        if offer.is_basket and offer.spend and isinstance(cost, Decimal) and cost >= offer.spend:
            yield (
                f"offer {offer.id}: its gift costs {plain(cost)} {scenario.currency}, no less than the orders of "
                f"{plain(offer.spend)} that it is given from"
            )
    for limit in scenario.limits:
        bound = limit.min if limit.max is None else limit.max
        if limit.measure == Measure.LINES and limit.share_of is None and bound is not None and bound % 1:
            side, whole = ("at most", ROUND_FLOOR) if limit.max is not None else ("at least", ROUND_CEILING)
            means = plain(bound.quantize(Decimal(1), rounding=whole))
            yield f"limit {limit.id}: lines are whole, so that {side} {plain(bound)} of them are {side} {means}"
        if limit.measure == Measure.ROI and limit.min is not None and limit.min >= MANY_TIMES:
            yield (
                f"limit {limit.id}: a min of {plain(limit.min)} asks for {plain(100 * limit.min)}% of what is spent; "
                f"a percentage is written {plain(limit.min)}%"
            )


def _free_goods(scenario: Scenario) -> Iterator[str]:
    """Depths of all of the price at the shelf: an amount of 1.00 off is read as 100%."""
    for offer in scenario.offers:
        if offer.mechanic in (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE) and offer.depth == 1:
            yield f"offer {offer.id}: a depth of 100% gives the goods away; 1.00 off each unit is written value: 1.00"


def _same_names(scenario: Scenario) -> Iterator[str]:
    """Members that people cannot tell apart, because reports show their names."""
    for kind in ("segment", "product", "offer"):
        members = getattr(scenario, f"{kind}s")
        by_name: dict[str, list[str]] = {}
        for each in members if isinstance(members, tuple) else ():
            by_name.setdefault(each.name or "", []).append(each.id)
        for name, ids in by_name.items():
            if name and len(ids) > 1:
                yield f"{kind}s {first_few(ids)} have the same name, {name}: people cannot tell them apart"


def _funders(scenario: Scenario) -> Iterator[str]:
    """Offers whose vendor pays on products of others as well, and those of whose products nobody pays on some."""
    nobody: dict[str, list[str]] = {}
    for offer in scenario.offers:
        if offer.funding is None or offer.is_basket:
            continue
        reached = [product for product in listed_products(scenario) if names_product(offer.applies_to, product)]
        if isinstance(offer.funding, tuple) or offer.funding.vendor == OF_PRODUCT:
            unpaid = [product for product in reached if offer.terms_on(product.vendor).payer is None]
            if unpaid:
                named = first_few([product.id for product in unpaid])
                bare = all(each.vendor is None for each in unpaid)
                why = "without a vendor" if bare else "of none of the vendors who pay"
                nobody.setdefault(f"nobody pays on {named}, {why}; applies_to narrows an offer", []).append(offer.id)
            continue
        vendor = offer.funding.vendor
        if vendor.lower() in MEANT and vendor not in {each.vendor for each in listed_products(scenario)}:
            yield f"offer {offer.id}: {vendor} is a vendor who supplies nothing; {OWN}"
        others = [product.id for product in reached if product.vendor != vendor]
        if others and len(others) < len(reached):
            paid = f"{vendor} pays on {first_few(others)} too, which it does not supply"
            own = f"or vendor: {OF_PRODUCT} lets each product's own vendor pay"
            yield f"offer {offer.id}: {paid}; applies_to narrows the offer, {own}"
    for said, ids in nobody.items():
        yield f"{'offers' if ids[1:] else 'offer'} {first_few(ids)}: {said}"


def _scopes(loaded: LoadedScenario) -> Iterator[str]:
    """Limits and rules whose scopes ask for offers that there are not: coupons of a scenario without any."""
    scenario = loaded.scenario
    for kind, members in (("limit", scenario.limits), ("rule", scenario.rules)):
        for member in members:
            if _names_nothing(scenario, member.where):
                both = "no product lies in both products and categories of its where"
                yield f"{kind} {member.id}: {both}, so nothing ever counts in it"
            elif _is_empty(scenario, member.where):
                yield f"{kind} {member.id}: no offer lies in its where, so no line ever counts in it"
    for rule in scenario.rules:
        if isinstance(rule, NeverWith) and _is_empty(scenario, rule.with_):
            yield f"rule {rule.id}: no offer lies in its with, so it never keeps anything apart"
        if isinstance(rule, OnlyAfter) and _is_empty(scenario, rule.after):
            yield f"rule {rule.id}: no offer lies in its after, so no line of its where may ever run"


def _names_nothing(scenario: Scenario, scope: Scope) -> bool:
    """Whether a scope names products and categories that have no product in common."""
    if scope.products is None or scope.categories is None or not isinstance(scenario.products, tuple):
        return False
    return not with_basket(scope) and not any(names_product(scope, each) for each in scenario.products)


def _is_empty(scenario: Scenario, scope: Scope) -> bool:
    """Whether a scope names kinds of offers, and no offer of the scenario is one that may run where it looks."""
    return narrows(scope) and not any(lies_in(scenario, scope, each) for each in scenario.offers)
