"""Currencies and the digits of their minor units (ISO 4217)."""

from __future__ import annotations

from decimal import Decimal

from scenarios.word_list import listed

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


_MEANT = {
    "AED": "DH DHS DIRHAM DIRHAMS",
    "BHD": "BD",
    "BGN": "ЛВ LV LEV LEVA",
    "BRL": "R$ REAL REAIS",
    "CAD": "C$ CA$",
    "AUD": "A$ AU$",
    "CHF": "FR SFR FRANKEN",
    "CNY": "RMB YUAN 元 人民币",
    "CZK": "KČ KC",
    "EUR": "EURO EUROS €",
    "GBP": "£ STERLING",
    "HKD": "HK$",
    "HUF": "FT FORINT",
    "IDR": "RP RUPIAH",
    "ILS": "₪ NIS SHEKEL",
    "INR": "₹",
    "INR LKR NPR PKR": "RS RUPEE RUPEES ₨",
    "CNY JPY": "¥ ￥",
    "JOD": "JD",
    "JPY": "YEN 円",
    "KRW": "₩ WON 원",
    "KWD": "KD",
    "MYR": "RM RINGGIT",
    "NGN": "₦ NAIRA",
    "NOK SEK DKK": "KR KRONA KRONE KRONER KRONOR",
    "NZD": "NZ$",
    "PHP": "₱",
    "PLN": "ZŁ ZL ZLOTY ZŁOTY",
    "QAR": "QR",
    "RON": "LEI LEU",
    "RUB": "₽ РУБ",
    "SAR": "SR",
    "SGD": "S$",
    "THB": "฿ BAHT",
    "TRY": "₺ TL LIRA",
    "TWD": "NTD NT$",
    "UAH": "₴",
    "USD": "US$",
    "USD CAD AUD": "$ DOLLAR DOLLARS",
    "VND": "₫ DONG",
    "ZAR": "RAND",
}
"""What people call currencies, by the codes that they may mean."""
_SPOKEN = {word: tuple(codes.split()) for codes, words in _MEANT.items() for word in words.split()}


def codes_of(word: str) -> tuple[str, ...]:
    """Return the codes that a word or sign for a currency may mean, the likeliest first; none for any other word.

    Examples
    --------
    >>> codes_of("yen"), codes_of("Rs."), codes_of("coins")
    (('JPY',), ('INR', 'LKR', 'NPR', 'PKR'), ())
    """
    word = word.strip().rstrip(".").upper()
    return (word,) if word in CODES else _SPOKEN.get(word, ())


def codes_remedy(word: str) -> str:
    """Ask for the code that a word for a currency may mean; nothing where it is no such word.

    Examples
    --------
    >>> codes_remedy("KD"), codes_remedy("kr")
    ('did you mean KWD?', 'did you mean NOK, SEK or DKK?')
    """
    codes = codes_of(word)
    return f"did you mean {listed(codes, 'or')}?" if codes else ""


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


def rate_text(amount: Decimal, code: str) -> str:
    """Return an amount for one of many as it was written: with the currency's digits, and more where it has more.

    Examples
    --------
    >>> rate_text(Decimal("0.4"), "EUR"), rate_text(Decimal("0.0375"), "EUR"), rate_text(Decimal("5"), "JPY")
    ('0.40', '0.0375', '5')
    """
    exponent = amount.normalize().as_tuple().exponent
    finer = -exponent if isinstance(exponent, int) else 0
    return f"{amount:,.{max(minor_digits(code), finer)}f}"
