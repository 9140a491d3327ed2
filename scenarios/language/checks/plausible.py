"""Plausibility: prices, costs and dates that contradict each other or cannot be meant."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal

from scenarios.currency import CODES, codes_remedy, minor_digits
from scenarios.first_few import and_more
from scenarios.language.checks.facts import Facts
from scenarios.language.checks.rounded_prices import rounded_prices
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import LearnedSegments, Offer
from scenarios.language.where import names_product
from scenarios.language.words import RATIOS, Mechanic
from scenarios.problems import Path, Problem, a_kind, meant_by, or_else

MAX_CHOICES = 127
"""Levels of offers that one slot may choose from."""
MAX_EFFECTS = 20_000_000
"""Segments x products x periods x offers: some 160 MB for each table of effects."""


def currency_known(facts: Facts) -> Iterator[Problem]:
    """Check that the currency is one of ISO 4217, and that shelf amounts have no more digits than it."""
    code = facts.scenario.currency
    if "currency" in facts.broken:
        return
    if code not in CODES:
        plain = "use the three letters of ISO 4217, such as CNY"
        remedy = codes_remedy(code) or or_else(meant_by(code, CODES), plain)
        yield facts.problem(("currency",), "a known currency code", remedy=remedy)
        return
    digits = minor_digits(code)
    for path, amount in _shelf_amounts(facts):
        if amount != round(amount, digits):
            expected = f"an amount with at most {digits} decimals, as {code} has"
            yield facts.problem(path, expected, remedy="round it")
    for path, offer in facts.members("offers", facts.scenario.offers):
        amounts = () if offer.round is None else (offer.round.endings or (offer.round.to or Decimal(0),))
        finer = [str(amount) for amount in amounts if amount != round(amount, digits)]
        if finer:
            expected = f"prices with at most {digits} decimals, as {code} has"
            yield facts.problem((*path, "round"), expected, ", ".join(finer), "round to what can be paid")


def _shelf_amounts(facts: Facts) -> Iterator[tuple[Path, Decimal]]:
    for path, product in facts.members("products", facts.products):
        if product.price is not None:
            yield (*path, "price"), product.price
    for path, offer in facts.members("offers", facts.scenario.offers):
        for key in ("price", "at_most", "value", "spend", "save", "worth"):
            amount = getattr(offer, key)
            if isinstance(amount, Decimal):  # and no share of a price
                yield (*path, key), amount


def sources(facts: Facts) -> Iterator[Problem]:
    """Segments, baskets and prices come from where the effects come from."""
    scenario = facts.scenario
    if "effects" in facts.broken:
        return
    from_table = scenario.effects.table is not None
    if from_table and isinstance(scenario.segments, LearnedSegments) and "segments" not in facts.broken:
        expected = "a list of segments where effects come from a table"
        yield facts.problem(("segments",), expected, "learn", "list them, or write effects: {data: FILE}")
    if not from_table:
        for path, offer in facts.members("offers", scenario.offers):
            if offer.gift is not None and offer.is_basket:
                expected = "effects: {table: FILE} for a gift with spend: only gifts on products are learned"
                remedy = "give the effects as a table, or delete spend"
                yield facts.problem((*path, "spend"), expected, "learned effects", remedy)
    if not from_table and facts.learned:
        for path, offer in facts.members("offers", scenario.offers):
            if offer.per_customer is not None and not offer.is_basket:
                expected = "listed segments and baskets for a cap per customer, which cuts what an order holds"
                remedy = (
                    "list the segments and add baskets: {table: FILE} with rows of segment, product, orders and units"
                )
                yield facts.problem((*path, "per_customer"), expected, "learned segments", f"{remedy}, or delete it")
    if not from_table and scenario.baskets is not None and facts.learned:
        expected = "no baskets where segments are learned, because the data knows the orders"
        yield facts.problem(("baskets",), expected, "a table", "delete baskets")
    if from_table:
        for path, product in facts.members("products", facts.products):
            if product.price is None:
                yield facts.problem(path, "the key price, where effects come from a table", remedy="add it")


def orders_known(facts: Facts) -> Iterator[Problem]:
    """Offers on baskets need to know who already spends enough; only segments that are learned bring their orders."""
    scenario = facts.scenario
    if facts.learned or scenario.baskets is not None or {"effects", "segments", "baskets"} & facts.broken:
        return
    whose = "" if scenario.effects.table is not None else " of listed segments"
    for path, offer in facts.members("offers", scenario.offers):
        if offer.is_basket:
            expected = f"baskets{whose} for a {offer.kind}: who already spends enough must be known"
            yield facts.problem(path, expected, "none", "add baskets: {table: FILE}")


def product_money(facts: Facts) -> Iterator[Problem]:
    """Check that a product does not cost more than it brings."""
    for path, product in facts.members("products", facts.products):
        if product.price is not None and isinstance(product.unit_cost, Decimal) and product.unit_cost > product.price:
            expected = f"a unit cost of at most the price {product.price}"
            yield facts.problem(
                (*path, "unit_cost"), expected, remedy="check both: the cost is net, the price with tax"
            )


def offer_money(facts: Facts) -> Iterator[Problem]:
    """Check that an offer saves something, and less than what it applies to costs."""
    for path, offer in facts.members("offers", facts.scenario.offers):
        for key in ("depth", "at_most", "value", "save", "spend"):
            every_order = key == "spend" and offer.gift is not None
            if getattr(offer, key) is not None and getattr(offer, key) == 0 and not every_order:
                yield facts.problem((*path, key), f"{a_kind(key)} above 0")
        if offer.save is not None and offer.spend is not None and offer.save > offer.spend:
            expected = f"a saving of at most the spend {offer.spend}"
            yield facts.problem((*path, "save"), expected, remedy="check both")
        if not offer.is_basket:
            yield from _against_prices(facts, path, offer)
        if offer.round is not None:
            yield from rounded_prices(facts, path, offer, offer.round)


def _against_prices(facts: Facts, path: Path, offer: Offer) -> Iterator[Problem]:
    priced = [
        (product, product.price)
        for product in facts.products
        if product.price is not None and names_product(offer.applies_to, product)
    ]
    count = ""
    if offer.price is not None:  # of one piece, or of all pieces of a bundle together
        pieces = max(offer.pieces, 1)
        priced = [(product, pieces * price) for product, price in priced]
        bad = [(product, price) for product, price in priced if offer.price >= price]
        count = f"{pieces} pieces of " if offer.pieces else ""
        expected, key = f"a price below that of {count}every product it applies to", "price"
    elif offer.value is not None:
        key, shelf = "value", offer.mechanic in (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)
        if shelf:
            bad = [(product, price) for product, price in priced if offer.value >= price]
            expected = "a value below the price of every product it applies to"
        else:
            # One use may span several units (a bundle of tins): the saving is set against all of them.
            spans = {product.id: Decimal(str(product.units_per_use)) for product, _ in priced}
            bad = [(product, price) for product, price in priced if offer.value > price * spans[product.id]]
            expected = "a value of at most the price of every product it applies to"
    else:
        return
    if bad:
        product, price = bad[0]
        more = and_more(len(bad), 1)
        got = f"{getattr(offer, key)} against {price} for {count}{product.id}{more}"
        yield facts.problem((*path, key), expected, got, "change it, or narrow applies_to")


def dates(facts: Facts) -> Iterator[Problem]:
    """Arrivals and date ranges lie inside the horizon."""
    horizon = facts.scenario.horizon
    if "horizon" in facts.broken:
        return
    for path, product in facts.members("products", facts.products):
        if product.arrivals and product.stock is None:
            yield facts.problem(
                (*path, "arrivals"), "a stock beside arrivals", "none", "add stock: 0 if none is there yet"
            )
        for day in product.arrivals:
            if not (0 <= horizon.period_of(day) < horizon.periods):
                yield _outside(facts, (*path, "arrivals", str(day)), f"{day}")
        last = product.last_sale
        if last is not None and horizon.period_of(last) < 0:
            remedy = "correct it, or leave out a product that is no longer sold"
            yield facts.problem((*path, "last_sale"), f"a date from {horizon.start} on", f"{last}", remedy)
        elif last is not None and (late := [day for day in product.arrivals if day > last]):
            got = f"{last}, and an arrival on {min(late)}"
            remedy = "let the last sale be later, or delete the arrival"
            yield facts.problem((*path, "last_sale"), "a last sale after the last arrival", got, remedy)
    for path, scope in facts.scopes():
        yield from _spans(facts, (*path, "periods"), scope.periods)
    for path, offer in facts.members("offers", facts.scenario.offers):
        yield from _spans(facts, (*path, "applies_to", "periods"), offer.applies_to.periods)


def _spans(facts: Facts, path: Path, spans: tuple[DateRange, ...] | None) -> Iterator[Problem]:
    first, last = _ends(facts)
    for index, span in enumerate(spans or ()):
        if span.last < first or span.first > last:
            yield _outside(facts, (*path, index), str(span))


def _ends(facts: Facts) -> tuple[dt.date, dt.date]:
    horizon = facts.scenario.horizon
    return horizon.start, horizon.last_day


def _outside(facts: Facts, path: Path, got: str) -> Problem:
    first, last = _ends(facts)
    return facts.problem(path, f"a date within the horizon, {first} to {last}", got, "correct it or change the horizon")


def objective(facts: Facts) -> Iterator[Problem]:
    """Weights name at least one measure that adds up, with a weight that is not 0; a front names no ratio either."""
    goal = facts.scenario.objective
    if isinstance(goal, str) or "objective" in facts.broken:
        return
    if goal.pareto is not None:
        for ratio in sorted(RATIOS & set(goal.pareto)):
            key = ratio if isinstance(goal.pareto, dict) else goal.pareto.index(ratio)
            expected, remedy = "measures that add up over lines", f"set a limit on {ratio} instead"
            yield facts.problem(("objective", "pareto", key), expected, f"{ratio}, a ratio", remedy)
    if goal.weights is None:
        return
    weights = goal.weights
    if not any(weights.values()):
        expected = "at least one measure with a weight that is not 0"
        yield facts.problem(("objective",), expected, "none", "write objective: profit, or weights: {profit: 1}")
    for ratio in sorted(RATIOS & weights.keys()):
        expected = "measures that add up over lines"
        remedy = f"set a limit on {ratio} instead"
        yield facts.problem(("objective", "weights", ratio), expected, f"{ratio}, a ratio", remedy)


def size(facts: Facts) -> Iterator[Problem]:
    """Check that the question fits into memory."""
    if not facts.whole("segments", "products", "offers", "horizon"):
        return
    counts = (len(facts.segments), len(facts.products) + 1, facts.scenario.horizon.periods, len(facts.scenario.offers))
    cells = math.prod(counts)
    if cells > MAX_EFFECTS:
        names = ("segments", "products and the basket", "periods", "offers")
        got = " x ".join(f"{count:,} {name}" for count, name in zip(counts, names, strict=True))
        expected = f"at most {MAX_EFFECTS:,} effects"
        yield facts.problem(("horizon",), expected, f"{got} = {cells:,}", "plan fewer products or periods at a time")


def levels(facts: Facts) -> Iterator[Problem]:
    """Check that a slot's choices can be numbered in a plan, which holds one byte a slot."""
    counts: dict[tuple[str, str], int] = {}
    for _, offer in facts.members("offers", facts.scenario.offers):
        kind = (offer.layer.value, "baskets" if offer.is_basket else "products")
        counts[kind] = counts.get(kind, 0) + len(offer.levels) * (1 if offer.valid is None else 2)
    for (layer, place), count in counts.items():
        if count > MAX_CHOICES:
            expected = f"at most {MAX_CHOICES} levels of {layer} offers on {place}, all offers together"
            got = f"{count}, each coverage with each quantity"
            yield facts.problem(("offers",), expected, got, "drop some levels, or plan some offers apart")


CHECKS = (size, levels, currency_known, sources, orders_known, product_money, offer_money, dates, objective)
"""Every check of plausibility."""
