"""Median unit price by product, from a stream: counts in bins 2 % wide, so no price has to be kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float, Int

_WIDTH = 0.02
_BINS = 4096
_COMPACT_AT = 4_000_000


class PriceMedians:
    """Counts log unit prices by product. K products."""

    def __init__(self, products: int) -> None:
        self._products = products
        self._keys: list[Int] = []
        self._counts: list[Int] = []
        self._held = 0

    def add(self, product: NDArray[np.int32], price: Float) -> None:
        """Take unit prices; what is no positive number does not count."""
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(price)
        good = np.isfinite(logs)
        bins = np.clip(np.floor(logs[good] / _WIDTH) + _BINS // 2, 0, _BINS - 1).astype(np.int64)
        keys, counts = np.unique(product[good].astype(np.int64) * _BINS + bins, return_counts=True)
        self._keys.append(keys)
        self._counts.append(counts)
        self._held += keys.size
        if self._held > _COMPACT_AT:
            self._compact()

    def _compact(self) -> None:
        keys, where = np.unique(np.concatenate(self._keys), return_inverse=True)
        counts = np.bincount(where, np.concatenate(self._counts), keys.size).astype(np.int64)
        self._keys, self._counts, self._held = [keys], [counts], keys.size

    def seen(self) -> int:
        """Return how many products have a price."""
        return int(np.isfinite(self.medians()).sum())

    def medians(self) -> Float:
        """Return the median unit price [K], exact to 1 %; NaN where a product has none."""
        out = np.full(self._products, np.nan)
        if not self._held:
            return out
        self._compact()
        keys, counts = self._keys[0], self._counts[0]
        product = keys // _BINS
        below = np.cumsum(counts)
        starts = np.flatnonzero(np.r_[True, product[1:] != product[:-1]])
        before = np.r_[0, below][starts]
        total = np.add.reduceat(counts, starts)
        middle = np.searchsorted(below, before + (total + 1) // 2)
        out[product[starts]] = np.exp((keys[middle] % _BINS - _BINS // 2 + 0.5) * _WIDTH)
        return out
