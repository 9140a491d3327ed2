"""What other systems call things: keys and words of theirs, and what stands for them here."""

from __future__ import annotations

from collections.abc import Iterable

from scenarios.problems import did_you_mean

_KEYS = {
    "amount": ("value", "revenue"),
    "article": ("product",),
    "articles": ("products",),
    "audiences": ("segments",),
    "brand": ("vendor",),
    "budgets": ("limits",),
    "cap": ("max",),
    "constraints": ("limits", "rules"),
    "count": ("customers",),
    "customers": ("segments",),
    "day": ("date",),
    "days": ("periods",),
    "date": ("period",),
    "dates": ("periods",),
    "description": ("title",),
    "discount": ("depth",),
    "id": ("scenario",),
    "inventory": ("stock",),
    "item": ("product",),
    "items": ("products",),
    "kind": ("mechanic", "rule"),
    "limit": ("max",),
    "name": ("title",),
    "net_sales": ("revenue",),
    "percent": ("depth",),
    "period": ("date",),
    "pieces": ("units",),
    "population": ("customers",),
    "promo": ("offer",),
    "promotion": ("offer",),
    "promotions": ("offers",),
    "qty": ("units", "quantity"),
    "quantity": ("units",),
    "sales": ("revenue",),
    "scope": ("where",),
    "size": ("customers",),
    "sku": ("product",),
    "skus": ("products",),
    "supplier": ("vendor",),
    "tax": ("tax_rate",),
    "turnover": ("revenue",),
    "type": ("mechanic", "rule"),
    "vat": ("tax_rate",),
    "volume": ("units",),
    "オファー": ("offer",),
    "グループ": ("group",),
    "セグメント": ("segment",),
    "商品": ("product",),
    "在庫": ("stock_end", "stock"),
    "売上": ("revenue",),
    "売上高": ("revenue",),
    "数量": ("units",),
    "日付": ("date", "period"),
    "点数": ("units",),
    "金額": ("revenue", "value"),
    "顧客数": ("customers",),
}
"""Keys, and what may stand for them here, where there is such a key."""
_WORDS = {
    "all": ("public",),
    "banner": ("feature",),
    "bogo": ("bundle",),
    "budget": ("spend",),
    "bxgy": ("bundle",),
    "buy_x_get_y": ("bundle",),
    "daily": ("period", "day"),
    "day": ("period",),
    "deal": ("price_discount",),
    "delivery": ("free_shipping",),
    "discount": ("price_discount",),
    "down": ("min",),
    "display": ("feature",),
    "everybody": ("public",),
    "flyer": ("feature",),
    "free_delivery": ("free_shipping",),
    "free_gift": ("gift",),
    "gwp": ("gift",),
    "individual": ("targeted",),
    "mailer": ("feature",),
    "maximise": ("max",),
    "maximize": ("max",),
    "minimise": ("min",),
    "minimize": ("min",),
    "markdown": ("price_discount",),
    "messages": ("contacts",),
    "multibuy": ("bundle",),
    "percent_off": ("price_discount",),
    "personal": ("targeted",),
    "private": ("targeted",),
    "promo_code": ("coupon",),
    "reach": ("customers_reached",),
    "redemptions": ("uses",),
    "sale": ("price_discount",),
    "sales": ("revenue",),
    "spend_and_save": ("threshold",),
    "turnover": ("revenue",),
    "up": ("max",),
    "voucher": ("coupon",),
}
"""Words for mechanics, layers, spans of time and measures, likewise."""
_MEANT = "did you mean "


def key_here(word: str, keys: set[str]) -> str:
    """Return the remedy for an unknown key: the one that was meant, or all that there are."""
    called = _found(_KEYS, word, keys)
    return called or did_you_mean(word, keys, most=len(keys))


def called_here(word: str, keys: Iterable[str]) -> str:
    """Return the remedy for a key that other systems have and that is called otherwise here; nothing for any other.

    Examples
    --------
    >>> called_here("sales", ("uses", "revenue")), called_here("use", ("uses", "revenue"))
    ('did you mean revenue?', '')
    """
    return _found(_KEYS, word, keys)


def word_here(word: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown word of a list: the one that was meant; nothing where none is close.

    Examples
    --------
    >>> word_here("BOGO", ("bundle", "coupon")), word_here("nothing", ("bundle", "coupon"))
    ('did you mean bundle?', '')
    """
    options = list(known)
    hint = _found(_WORDS, word, options) or did_you_mean(word, options)
    return hint if hint.startswith(_MEANT) else ""


def meant(hint: str) -> str | None:
    """Return the one word that a remedy names; None where it lists several."""
    return hint.removeprefix(_MEANT).partition("?")[0] if hint.startswith(_MEANT) else None


def _found(called: dict[str, tuple[str, ...]], word: str, known: Iterable[str]) -> str:
    plain = word.strip().lower().replace(" ", "_").replace("-", "_")
    options = set(known)
    here = next((option for option in called.get(plain, ()) if option in options), None)
    return f"{_MEANT}{here}?" if here is not None else ""
