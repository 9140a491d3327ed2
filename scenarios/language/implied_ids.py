"""Ids of limits and rules that a scenario implies: a word that tells what they are of, and the id of that.

They hold a colon (``fund:nova``, ``max_run:coupon-20``), which ids in a scenario cannot.
"""

from __future__ import annotations

FUND, GIFT, STOCK = "fund:", "gift:", "stock:"
"""Before the ids of a vendor, a gift and a product: limits by what there is of their money or pieces."""
MAX_RUN, VALID, CONTACTS = "max_run:", "valid:", "contacts:"
"""Before the ids of an offer, of another and of a channel: rules that their own keys ask for."""


def parts_of(name: str) -> tuple[str, str]:
    """Return the word that an implied id begins with, blank for an id that is written, and the id of what it is of."""
    word, colon, own = name.rpartition(":")
    return word + colon, own
