"""What is meant by words for promotions that are no mechanic here, and by keys that a mechanic lacks: the remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from scenarios.language.mechanic_keys import foreign_to, ways_in_words
from scenarios.language.words import Mechanic

ACROSS = (
    "a deal across several products cannot be written: the nearest is a price_discount or coupon on each of them "
    "(docs/scenario-language.md, What cannot be written)"
)
"""The remedy for meal deals and their like."""
_COUNT = r"([0-9]{1,2}|one|two|three|four|five)"
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_FOR = re.compile(rf"{_COUNT} (?:for|für|pour|por|per|x) ([^0-9.]{{0,3}}) ?([0-9]+(?:\.[0-9]+)?)")
_BUY_GET = re.compile(rf"buy {_COUNT}(?: and)? get {_COUNT}(?: free)?")
_OFF = r"(?:([1-9][0-9]?) ?%?(?: off)?|half(?: price| off)?)"
_CHEAPER = re.compile(rf"(?:buy {_COUNT}(?: and)? get {_COUNT}|bogo) (?:at )?{_OFF}")
_SECOND = re.compile(rf"(?:the )?(?:second|2nd)(?: one| item| unit)? (?:at |for )?{_OFF}")
"""Buy one, get one at half price; the second at half price: groups of counts, and of what is off if it is a number."""
_MOST_PIECES = 99
"""Pieces that somebody may pay for; a whole number above is money."""
_ONE_FREE = ("bogo", "bogof", "b1g1", "two for one")
_SEVERAL_PRODUCTS = ("meal deal", "mealdeal", "combo", "combo deal", "mix and match", "set menu", "link save")
_PAID = ("pay", "pay for", "paid", "for")
_FREE = ("free", "get free", "gratis", "plus")
_TOGETHER = ("fixed price", "bundle price", "set price", "total", "total price", "for price", "deal price")
_PRODUCTS = ("products", "product", "items", "item", "skus", "sku", "articles", "components", "parts")


def mechanic_here(word: str) -> str:
    """Return how a promotion that is no mechanic's name is written; nothing where it is none that is known.

    Examples
    --------
    >>> mechanic_here("3 for 2"), mechanic_here("2 for £5")
    ('did you mean bundle? Write buy: 2, get: 1 beside it', 'did you mean bundle? Write buy: 2, price: 5 beside it')
    """
    plain = _plain(word)
    if plain in _SEVERAL_PRODUCTS:
        return ACROSS
    if plain in _ONE_FREE:
        return _bundle("buy: 1, get: 1")
    if found := _BUY_GET.fullmatch(plain):
        buy, get = _number(found[1]), _number(found[2])
        return _bundle(f"buy: {buy}, get: {get}") if buy and get else ""
    if found := _CHEAPER.fullmatch(plain):
        buy, get = _number(found[1] or "1"), _number(found[2] or "1")
        return _bundle(f"buy: {buy}, get: {get}, depth: {found[3] or 50}%") if buy and get else ""
    if found := _SECOND.fullmatch(plain):
        return _bundle(f"buy: 1, get: 1, depth: {found[1] or 50}%")
    if found := _FOR.fullmatch(re.sub(r"(?<=[0-9])(?=[a-z])|(?<=[a-z])(?=[0-9])", " ", plain)):
        pieces, amount = _number(found[1]), found[3]
        if pieces > 1 and float(amount) > 0:
            return _bundle(_several(pieces, amount, money=bool(found[2].strip())))
    if plain in ("multibuy", "multi buy", "multipack", "x for y"):
        return "did you mean bundle? 3 for 2 is buy: 2, get: 1 beside it, and 2 for 5.00 is buy: 2, price: 5.00"
    return ""


def own_keys(keys: Mapping[str, bool], owner: Any) -> dict[str, bool]:
    """Leave out parameters of other mechanics, where a record names its own."""
    mechanic = _mechanic(owner)
    left_out: frozenset[str] = frozenset() if mechanic is None or "mechanic" not in keys else foreign_to(mechanic)
    return {key: needed for key, needed in keys.items() if key not in left_out}


def key_meant(word: str, owner: Any) -> tuple[str, str] | None:
    """Say what was expected and what to write for a key that a record's mechanic lacks; None where nothing is known.

    Examples
    --------
    >>> key_meant("pay", {"mechanic": "bundle", "buy": 3, "pay": 2})[1]
    'write buy: 2, get: 1 (3 for the price of 2) in place of buy: 3 and pay'
    """
    mechanic = _mechanic(owner)
    if mechanic is not Mechanic.BUNDLE:
        return None
    plain, value, buy = _plain(word), owner.get(word), owner.get("buy")
    expected = f"a known key; the parameters are {ways_in_words(mechanic)} for a bundle"
    if plain in _PRODUCTS:
        return expected, f"products go under applies_to, each with a bundle of its own; {ACROSS}"
    if plain in _FREE:
        return (expected, f"write get: {value}") if _is_count(value) else None
    if plain in _PAID and _is_count(value) and _is_count(buy) and value < buy:
        written = _several(buy, str(value), money=False)
        return expected, f"write {written} ({buy} for the price of {value}) in place of buy: {buy} and {word}"
    paid = plain in _PAID and not (_is_count(value) and value <= _MOST_PIECES)  # pay: 3 beside buy: 3 is no 3.00
    if (plain in _TOGETHER or paid) and _is_amount(value) and (buy is None or (_is_count(buy) and buy > 1)):
        return expected, f"write price: {value}, what all pieces cost together"
    return None


def _is_count(value: Any) -> TypeGuard[int]:
    """Whether a value is a whole number that ``buy`` and ``get`` take."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_amount(value: Any) -> bool:
    """Whether a value is an amount of money that a bundle may cost."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


def _several(pieces: int, amount: str, *, money: bool) -> str:
    """How n for m is written: m pieces' price where m is a smaller count, else an amount of money."""
    if not money and amount.isdigit() and 0 < int(amount) < pieces:
        return f"buy: {int(amount)}, get: {pieces - int(amount)}"
    return f"buy: {pieces}, price: {amount}"


def _bundle(parameters: str) -> str:
    return f"did you mean bundle? Write {parameters} beside it"


def _number(text: str) -> int:
    return _COUNTS.get(text) or int(text)


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", " ", word.strip().lower())


def _mechanic(owner: Any) -> Mechanic | None:
    """The mechanic of a record, where it names one that is known."""
    word = owner.get("mechanic") if isinstance(owner, Mapping) else None
    return next((each for each in Mechanic if each.value == word), None)
