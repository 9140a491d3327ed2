"""Purchases that cannot be added up: in several currencies, or none at all, and then why."""

from __future__ import annotations

import datetime as dt

from scenarios.problems import InvalidInput, Problem
from surrogate.data.clean import OTHER_ZEROS
from surrogate.data.data_parts import DataFiles, TransactionsFile
from surrogate.data.data_spec import DataSpec
from surrogate.data.purchase_rows import CANCELLED, NOBODY, STRANGE, UNTIMED, SeenRows


def require_purchases(kept: int, seen: SeenRows, files: DataFiles, spec: DataSpec, until: dt.date) -> None:
    """Refuse what cannot be added up.

    Parameters
    ----------
    kept
        Rows that are purchases.
    seen
        What reading has met.

    Raises
    ------
    InvalidInput
        For other currencies, where no rows were kept, and where no row has a customer.
    """
    part = files.transactions
    _require_currency(part, spec, seen)
    if kept and len(seen.customers):
        return
    expected, remedy = f"purchases up to {until}", ""
    got = "none at all"
    if kept or seen.left_out[NOBODY]:
        got, remedy = f"{seen.read:,} rows without a customer", f"check that {part.customer} holds customer ids"
    elif seen.after and not seen.read:
        got, remedy = f"{seen.after:,} rows, all of them later", "check train_until and test_until, and the time column"
    elif seen.read and seen.dropped[UNTIMED] == seen.read:
        got, remedy = f"{seen.read:,} rows without a time", f"check that {part.time} holds dates or times"
    elif seen.dropped[STRANGE] or seen.dropped[OTHER_ZEROS]:
        odd, listed = seen.unlisted
        example = f' ("{odd}" for example, where it lists "{listed}")' if odd and listed else ""
        got = f"{seen.read:,} rows, none with a product that {files.products.label} lists{example}"
        remedy = (
            f"check that {part.product} and {files.products.product} hold the same ids, written alike (007 is not 7)"
        )
        if seen.dropped[OTHER_ZEROS]:
            remedy = (
                "ids differ by leading zeros, which a spreadsheet takes off: write them as text in both files "
                "(007 is not 7)"
            )
    elif seen.left_out[CANCELLED]:
        got, remedy = "cancelled orders only", "check status and cancelled"
    raise InvalidInput([Problem(where=part.label, what="purchases", expected=expected, got=got, remedy=remedy)])


def _require_currency(part: TransactionsFile, spec: DataSpec, seen: SeenRows) -> None:
    found = seen.currencies
    wrong = len(found) > 1 or (spec.currency is not None and found and set(found) != {spec.currency})
    if wrong:
        got = ", ".join(f"{name} ({count:,} rows)" for name, count in found.most_common(4))
        remedy = "convert the amounts to one currency, or split the data" if len(found) > 1 else "correct currency:"
        expected = f"amounts in {spec.currency}" if spec.currency else "one currency"
        raise InvalidInput(
            [Problem(where=part.label, what=str(part.currency), expected=expected, got=got, remedy=remedy)]
        )
