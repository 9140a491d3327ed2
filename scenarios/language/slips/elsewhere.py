"""What other systems call things: keys and words of theirs, and what stands for them here."""

from __future__ import annotations

from collections.abc import Iterable

from scenarios.language.slips.other_languages import CALLED, folded
from scenarios.problems import Meant, did_you_mean, meant_by

_KEYS = {
    "amount": ("value", "revenue", "per_unit"),
    "amount_per_unit": ("per_unit",),
    "article": ("product",),
    "articles": ("products",),
    "audiences": ("segments",),
    "brand": ("vendor",),
    "budgets": ("limits",),
    "capped_at": ("at_most",),
    "cap": ("max", "at_most"),
    "constraints": ("limits", "rules"),
    "count": ("customers",),
    "customers": ("segments",),
    "day": ("date",),
    "days": ("periods",),
    "date": ("period",),
    "dates": ("periods",),
    "description": ("title",),
    "factor": ("times",),
    "discount": ("depth",),
    "id": ("scenario",),
    "inventory": ("stock",),
    "item": ("product",),
    "items": ("products",),
    "kind": ("mechanic", "rule"),
    "limit": ("max",),
    "max_discount": ("at_most",),
    "max_off": ("at_most",),
    "max_saving": ("at_most",),
    "maximum_discount": ("at_most",),
    "min_order": ("spend",),
    "min_spend": ("spend",),
    "minimum_order": ("spend",),
    "minimum_spend": ("spend",),
    "multiplier": ("times",),
    "name": ("title",),
    "net_sales": ("revenue",),
    "per_item": ("per_unit",),
    "per_piece": ("per_unit",),
    "percent": ("depth", "share"),
    "period": ("date",),
    "order_value": ("spend",),
    "pieces": ("units",),
    "population": ("customers",),
    "promo": ("offer",),
    "promotion": ("offer",),
    "promotions": ("offers",),
    "qty": ("units", "quantity"),
    "quantity": ("units",),
    "sales": ("revenue",),
    "scan_back": ("per_unit",),
    "scanback": ("per_unit",),
    "scope": ("where",),
    "up_to": ("at_most",),
    "season": ("times",),
    "seasonality": ("times",),
    "cost": ("unit_cost",),
    "handling_cost": ("return_cost",),
    "return_handling": ("return_cost",),
    "returns_cost": ("return_cost",),
    "cost_per_return": ("return_cost",),
    "size": ("customers",),
    "stock": ("stock_end",),
    "redeemed": ("uses",),
    "regions": ("segments",),
    "uplift": ("lift",),
    "sku": ("product",),
    "skus": ("products",),
    "supplier": ("vendor",),
    "takings": ("revenue",),
    "tax": ("tax_rate",),
    "turnover": ("revenue",),
    "type": ("mechanic", "rule"),
    "vat": ("tax_rate",),
    "volume": ("units",),
}
"""Keys, and what may stand for them here, where there is such a key."""
_ANYWHERE = {**CALLED, **_KEYS}
"""The same with words of other languages."""
_WORDS = {
    "all": ("public",),
    "all_together": ("all_or_nothing",),
    "at_least_days": ("min_run",),
    "ban": ("forbidden",),
    "banner": ("feature",),
    "below_cost": ("min_price",),
    "block": ("blackout",),
    "bogo": ("bundle",),
    "break": ("min_gap",),
    "budget": ("spend",),
    "buy_x_get_y": ("bundle",),
    "bxgy": ("bundle",),
    "consecutive": ("max_run",),
    "cool_down": ("min_gap",),
    "cooldown": ("min_gap",),
    "daily": ("period", "day"),
    "day": ("period",),
    "deal": ("price_discount",),
    "delivery": ("free_shipping",),
    "discount": ("price_discount",),
    "display": ("feature",),
    "down": ("min",),
    "embargo": ("blackout",),
    "everybody": ("public",),
    "exclude": ("forbidden",),
    "exclusion": ("never_with",),
    "exclusive": ("at_most_one",),
    "exclusivity": ("at_most_one",),
    "fair": ("fairness",),
    "fixed": ("locked",),
    "floor_price": ("min_price",),
    "flyer": ("feature",),
    "free_delivery": ("free_shipping",),
    "free_gift": ("gift",),
    "freeze": ("locked",),
    "frequency": ("max_frequency",),
    "frequency_cap": ("max_frequency",),
    "gift_with_order": ("gift",),
    "gift_with_purchase": ("gift",),
    "gwp": ("gift",),
    "half_price": ("price_discount",),
    "in_a_row": ("max_run",),
    "individual": ("targeted",),
    "line_count": ("lines",),
    "lock": ("locked",),
    "loyalty_points": ("gift",),
    "mailer": ("feature",),
    "margin_floor": ("min_price",),
    "markdown": ("price_discount",),
    "max_consecutive": ("max_run",),
    "max_cut": ("max_depth",),
    "max_days": ("max_run",),
    "max_discount": ("max_depth",),
    "max_duration": ("max_run",),
    "max_in_a_row": ("max_run",),
    "max_in_parallel": ("max_concurrent",),
    "max_in_row": ("max_run",),
    "max_length": ("max_run",),
    "max_off": ("max_depth",),
    "max_parallel": ("max_concurrent",),
    "max_saving": ("max_depth",),
    "max_offers": ("max_promotions",),
    "max_per_week": ("max_promotions",),
    "max_simultaneous": ("max_concurrent",),
    "max_times": ("max_frequency",),
    "maximise": ("max",),
    "maximize": ("max",),
    "messages": ("contacts",),
    "min_distance": ("min_gap",),
    "min_duration": ("min_run",),
    "min_length": ("min_run",),
    "min_lines": ("fairness",),
    "min_margin": ("min_price",),
    "min_pause": ("min_gap",),
    "min_rest": ("min_gap",),
    "minimise": ("min",),
    "minimize": ("min",),
    "multibuy": ("bundle",),
    "mutually_exclusive": ("never_with",),
    "no_overlap": ("at_most_one",),
    "number_of_lines": ("lines",),
    "offers": ("lines",),
    "not_together": ("never_with",),
    "not_with": ("never_with",),
    "omnibus": ("reference_price",),
    "pause": ("min_gap",),
    "percent_off": ("price_discount",),
    "points": ("gift",),
    "personal": ("targeted",),
    "private": ("targeted",),
    "promo_code": ("coupon",),
    "promo_count": ("lines",),
    "promos": ("lines",),
    "promotions": ("lines",),
    "quiet": ("blackout",),
    "reach": ("customers_reached",),
    "redemptions": ("uses",),
    "rest": ("min_gap",),
    "rotation": ("cycle",),
    "sale": ("price_discount",),
    "sales": ("revenue",),
    "sequence": ("only_after",),
    "spacing": ("min_gap",),
    "spend_and_get": ("gift",),
    "spend_and_save": ("threshold",),
    "together": ("all_or_nothing",),
    "turnover": ("revenue",),
    "up": ("max",),
    "voucher": ("coupon",),
}
"""Words for mechanics, rules, layers, spans of time and measures, likewise."""
_FUNDS = "vendor in a scope means offers that this vendor funds, whoever supplies the product"
"""What stands beside a brand or supplier that somebody writes into a scope, where it is another thing."""


def key_here(word: str, keys: set[str]) -> str:
    """Return the remedy for an unknown key: the one that was meant, or all that there are."""
    called = called_here(word, keys)
    if called is not None and _is_a_fund(called, keys):
        return f"list its products, or their categories; {_FUNDS}"
    return did_you_mean(word, keys, most=len(keys)) if called is None else called.remedy


def key_meant_here(word: str, keys: set[str]) -> Meant | None:
    """Return the one key that an unknown one probably stands for."""
    called = called_here(word, keys)
    if called is None:
        return meant_by(word, keys)
    return None if _is_a_fund(called, keys) else called


def _is_a_fund(called: Meant, keys: set[str]) -> bool:
    """Whether a scope is asked for a vendor's products, where vendors only fund offers."""
    return called.word == "vendor" and "mechanics" in keys


def called_here(word: str, keys: Iterable[str]) -> Meant | None:
    """Return what a key that other systems have is called here; None for any other.

    Examples
    --------
    >>> called_here("sales", ("uses", "revenue")), called_here("use", ("uses", "revenue"))
    (Meant(word='revenue', why=''), None)
    >>> called_here("Promoción", ("offer", "product")).remedy
    'did you mean offer?'
    """
    return _found(_ANYWHERE, word, keys)


def word_here(word: str, known: Iterable[str]) -> Meant | None:
    """Return which word of a list an unknown one stands for; None where none is close.

    Examples
    --------
    >>> word_here("BOGO", ("bundle", "coupon")), word_here("nothing", ("bundle", "coupon"))
    (Meant(word='bundle', why=''), None)
    """
    options = list(known)
    return _found(_WORDS, word, options) or meant_by(word, options)


def _found(called: dict[str, tuple[str, ...]], word: str, known: Iterable[str]) -> Meant | None:
    options = set(known)
    here = next((option for option in called.get(folded(word), ()) if option in options), None)
    return None if here is None else Meant(word=here)
