"""What vendors pay by product and offer, as tables: on each product another vendor, or none, may pay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer


class FundingTables(NamedTuple):
    """[K, 1 + offers] each; the first column is no offer."""

    share: Float
    """Of discount, gift and fixed cost."""
    per_unit: Float
    """For a unit that is not returned, in major units."""
    per_line: Float
    """For one line, in major units."""


def funding_tables(offers: Sequence[Offer], suppliers: Sequence[str | None]) -> FundingTables:
    """Lay out what vendors pay for offers on products.

    Parameters
    ----------
    suppliers
        [K] the vendor of each product; of offers on orders one None.
    """
    by_supplier = {
        supplier: np.array([(0.0, 0.0, 0.0), *(_amounts(offer, supplier) for offer in offers)])
        for supplier in set(suppliers)
    }
    return FundingTables(*np.moveaxis(np.array([by_supplier[supplier] for supplier in suppliers]), 2, 0))


def _amounts(offer: Offer, supplier: str | None) -> tuple[float, float, float]:
    terms = offer.terms_on(supplier)
    return terms.share, float(terms.per_unit), float(terms.per_line)
