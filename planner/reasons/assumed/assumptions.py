"""What a plan rests on that nobody measured: defaults and assumed inputs, one sentence each."""

from __future__ import annotations

from collections.abc import Sequence

from planner.figures import given, plural, share
from planner.problem import Problem
from planner.reasons.assumed.channel_reach import reach_assumed
from planner.reasons.assumed.half_life import half_life_in_days
from planner.reasons.assumed.own_rates import own_rates
from planner.reasons.assumed.terms import assumed_terms, lifts_are
from planner.reasons.assumed.whole_prices import whole_prices
from scenarios.currency import minor_digits, rate_text
from scenarios.futures.draws import futures_of
from scenarios.futures.usual_spread import spread_words
from scenarios.language.read_in import listed_products
from scenarios.language.schema import MoneyTerms, RiskTerms, Scenario
from scenarios.language.schemas.max_promotions import MaxPromotions
from scenarios.language.schemas.rule import NeverWith, Rule
from scenarios.language.where import admitted
from scenarios.language.words import Measure
from scenarios.response.effects import Effects
from scenarios.response.issued import holds_one, sent_to_nobody
from scenarios.scope_mask import in_scope_on_some

_LOOK_BACK = ("min_gap", "max_frequency", "max_run", "min_run", "cycle", "only_after")
"""Rules that count what ran before the horizon, beside those of shelf prices and of promotions in weeks or months."""


def _looks_back(rule: Rule) -> bool:
    """Whether a rule counts what ran before the horizon."""
    calendar = isinstance(rule, MaxPromotions) and rule.each in ("week", "month")
    return rule.rule in _LOOK_BACK or calendar or (isinstance(rule, NeverWith) and rule.within is not None)


def assumptions(problem: Problem) -> tuple[str, ...]:
    """List what was assumed, as it is printed under the plan."""
    scenario = problem.loaded.scenario
    lift_said = "given" if "lift_is" in scenario.effects.model_fields_set else "default"
    return (
        *assumed_terms(problem),
        *half_life_in_days(problem),
        f"lifts are taken as {lifts_are(scenario)} ({lift_said})",
        _money(scenario),
        _risk(problem),
        *_baskets(problem),
        *_average_orders(problem),
        *caps(problem),
        *_issued(problem),
        *_stock(problem),
        *reach_assumed(scenario),
        *_shelf(problem),
        *whole_prices(problem.grid),
    )


def _money(scenario: Scenario) -> str:
    money = scenario.money
    said = _said(money, ("tax_rate", "return_rate", "fee_rate"))
    back = f" at {rate_text(money.return_cost, scenario.currency)} each" if money.return_cost else ""
    rates = f"tax {given(money.tax_rate, least=1)}, returns {given(money.return_rate, least=1)}{back}"
    found = [f"{rates}, fees {given(money.fee_rate, least=1)} ({said})", *own_rates(scenario)]
    products = listed_products(scenario)
    if any(product.stock is not None and money.returns_of(product) > 0 for product in products):
        found.append("returned goods do not come back to stock: where they are sold again, write stock / (1 - returns)")
    return "; ".join(found)


def _baskets(problem: Problem) -> tuple[str, ...]:
    """Say what savings on whole orders come to net, where products differ in it."""
    economics = problem.model.economics
    saves = any(saving.any() for saving in economics.basket_saving)
    if (economics.net == economics.net[0]).all() or not saves:
        return ()
    return (
        f"of savings on whole orders {share(economics.basket_net)} is left after tax and returns, in which products "
        f"differ: their mean, weighted by what is paid for each without promotion",
    )


def _risk(problem: Problem) -> str:
    scenario, spread = problem.loaded.scenario, problem.effects.base_cv
    risk, drawn = scenario.risk, futures_of(problem.grid)
    level = spread_words(spread, problem.effects.base_units.mean(axis=0).sum(axis=-1), share)
    few = risk.draws is not None and drawn > risk.draws
    more = f" ({risk.draws:,} are too few for the share of them that a limit asks for)" if few else ""
    said = _said(risk, ("draws", "baseline_cv", "baseline_common", "take_up_cv", "lift_cv", "order_cv"))
    return (
        f"{drawn:,} drawn futures{more}; baselines of single segments and products vary by {level}, in all periods "
        f"alike, {_in_common(problem.effects)}; where nothing better is known: baseline by {given(risk.baseline_cv)}, "
        f"take-up by {given(risk.take_up_cv)}, lift by {given(risk.lift_cv)}, orders by {given(risk.order_cv)} ({said})"
        "; P5, P95, losses and optimism are read off the draw and move with the seed"
    )


def _in_common(effects: Effects) -> str:
    """Say what of their errors baselines share: what each has for itself cancels out in the sum of all."""
    if effects.base_common is None:
        return "each by itself, so that all sales together look sure (`risk.baseline_common` is what all are off alike)"
    return f"of it {share(effects.base_common.everywhere)} all together"


def _said(section: MoneyTerms | RiskTerms, keys: Sequence[str]) -> str:
    """Say which of some keys people gave: ``default``, ``given``, or ``draws given, else default``."""
    written = [key for key in keys if key in section.model_fields_set]
    if len(written) in (0, len(keys)):
        return "given" if written else "default"
    return f"{' and '.join(written)} given, else default"


def _shelf(problem: Problem) -> tuple[str, ...]:
    """What is taken for what ran before, and for its shelf prices, where a rule asks for them."""
    rows, scenario, learned = [], problem.loaded.scenario, problem.learned
    priced = [rule for rule in scenario.rules if rule.rule == "reference_price" or getattr(rule, "falling", False)]
    past = "past cuts count at today's regular price, days of which the history says nothing at the regular price"
    if priced:
        rows.append(f"{', '.join(rule.id for rule in priced)}: {past}")
    looking = [rule.id for rule in scenario.rules if rule in priced or _looks_back(rule)]
    if looking and learned is not None and scenario.history == learned.history:
        rows.append(
            f"{', '.join(looking)}: what ran before is read off the purchases, for each week the public offer nearest "
            f"to the mean discount of a product's goods; a cut on few of them, or on single days, may not show: "
            f"name in history what your price list says"
        )
    return tuple(rows)


def caps(problem: Problem) -> tuple[str, ...]:
    """What caps per customer leave of the uses, and what that rests on."""
    rows, scenario = [], problem.grid.scenario
    for number, offer in enumerate(scenario.offers):
        if offer.per_customer is None:
            continue
        basket = offer.is_basket
        where = admitted(offer.applies_to, problem.grid.segments, problem.grid.products, scenario.horizon)
        kept = problem.model.kept[where.segments][:, [*(where.products & (not basket)), basket], number]
        low, high = float(kept.min()), float(kept.max())
        range_ = " to ".join(dict.fromkeys((f"{low:.0%}", f"{high:.0%}")))  # what reads alike is said once
        rests = "orders fall on customers at random" if basket else "a customer orders a product once a period"
        uses, leave = plural(offer.per_customer, "use"), "leaves" if offer.per_customer == 1 else "leave"
        rows.append(f"{offer.id}: at most {uses} a customer and period {leave} {range_} of its uses ({rests})")
    return tuple(rows)


def _average_orders(problem: Problem) -> tuple[str, ...]:
    """Offers from some spend on whose own orders are counted as average ones, which spend less."""
    rows, grid, baskets = [], problem.grid, problem.baskets
    digits = minor_digits(grid.scenario.currency)
    for offer in grid.scenario.offers:
        if offer.spend is None or baskets is None:
            continue
        where = admitted(offer.applies_to, grid.segments, grid.products, grid.scenario.horizon)
        reached = [segment.id for segment, here in zip(grid.segments, where.segments, strict=True) if here]
        bins = [each for segment in reached for each in baskets.bins.get(segment, ())]
        orders = sum(each.orders for each in bins)
        mean = sum(each.value * each.orders for each in bins) / orders if orders > 0 else 0.0
        if 0 < mean < float(offer.spend):
            benefit = "saving" if offer.gift is None else "gift"
            rows.append(
                f"{offer.id}: orders that it brings are taken for average ones ({mean:,.{digits}f}), each with its "
                f"{benefit}, though it asks for {offer.spend:,.{digits}f}: fewer and larger ones would cost less"
            )
    return tuple(rows)


def _issued(problem: Problem) -> tuple[str, ...]:
    """Offers whose coupons are taken to be one a customer, or nobody's, where a limit counts what is issued."""
    scopes = [record.where for record in problem.limits.records if record.measure == Measure.MAX_LIABILITY]
    known = {offer.id: offer for offer in problem.grid.scenario.offers}
    products = problem.grid.products

    def counted(ids: Sequence[str]) -> str:
        inside = (any(in_scope_on_some(scope, known[each], products) for scope in scopes) for each in ids)
        return ", ".join(each for each, here in zip(ids, inside, strict=True) if here)

    held, nobody = counted(holds_one(problem.grid)), counted(sent_to_nobody(problem.grid))
    rows = []
    if held:
        rows.append(f"max_liability counts one coupon a customer and line of {held} (no per_customer given)")
    if nobody:
        rows.append(
            f"max_liability counts nothing of {nobody}, which no channel carries: issued to nobody (where customers "
            "hold one each, name a channel)"
        )
    return tuple(rows)


def _stock(problem: Problem) -> tuple[str, ...]:
    """Products whose baseline alone is more than there is."""
    wanted = problem.effects.base_units.mean(axis=0).sum(axis=(0, 2))
    kept = problem.model.base_units.sum(axis=(0, 2))
    short = [product.id for product, w, k in zip(problem.grid.products, wanted, kept, strict=True) if w > k + 1e-6]
    if not short:
        return ()
    more = "a line on them that sells more breaks stock; what basket offers and halo would bring them is not counted"
    return (f"baseline cut at stock, in time order: {', '.join(short)}; {more}",)
