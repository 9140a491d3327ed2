"""Currencies and the digits of their minor units (ISO 4217)."""

from __future__ import annotations

from decimal import Decimal

_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_TWO = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN "
    "NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_DIGITS = {code: digits for codes, digits in ((_ZERO, 0), (_TWO, 2), (_THREE, 3)) for code in codes.split()}

CODES = frozenset(_DIGITS)
"""Every known currency code."""


_SPOKEN = {"RMB": "CNY", "YUAN": "CNY", "YEN": "JPY", "EURO": "EUR", "NTD": "TWD", "KD": "KWD", "€": "EUR", "£": "GBP"}
"""What people call a currency where it can be only one, and its code."""


def code_of(word: str) -> str | None:
    """Return the code that a word for a currency means: ``jpy`` and ``Yen`` are JPY; None where none is plain.

    Examples
    --------
    >>> code_of("yen"), code_of("Dollar")
    ('JPY', None)
    """
    word = word.strip().upper()
    return word if word in CODES else _SPOKEN.get(word)


def minor_digits(code: str) -> int:
    """Return the digits of a currency's minor unit: CNY 2, JPY 0, KWD 3.

    Raises
    ------
    ValueError
        For a code that is no currency.
    """
    try:
        return _DIGITS[code]
    except KeyError:
        raise ValueError(f"{code!r} is no known currency code (ISO 4217)") from None


def digits_of(word: object) -> int | None:
    """Return the digits of the minor unit of what may be a currency's code; None where it is none."""
    return _DIGITS.get(word) if isinstance(word, str) else None


def price_text(amount: float | Decimal, code: str, *, grouped: bool = False) -> str:
    """Write a price with its currency's own digits: EUR 19.90, JPY 1990, KWD 1.250; ``grouped``: JPY 1,990."""
    return f"{amount:{',' if grouped else ''}.{minor_digits(code)}f}"
