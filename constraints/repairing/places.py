"""Which slots of a flat plan belong together: those of one message, and those of one product."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Int


def message_slots(slots: int, stock_shape: tuple[int, ...]) -> Int:
    """[S * T, K + 1] slots whose lines one message carries: a segment's targeted and basket slots of one period.

    Parameters
    ----------
    slots
        Number of slots N, which tells the number of segments: N = (S + 1) * (K + 1) * T.
    stock_shape
        K, T.
    """
    k, t = stock_shape
    s = slots // ((k + 1) * t) - 1
    targeted = k * t + np.arange(s * k * t).reshape(s, k, t).transpose(0, 2, 1).reshape(s * t, k)
    basket = k * t + s * k * t + t + np.arange(s * t)
    return np.concatenate([targeted, basket[:, None]], axis=1)


def product_slots(slots: int, stock_shape: tuple[int, ...]) -> Flag:
    """[K, N] which slots are of each product; those of whole orders are of none.

    Parameters
    ----------
    slots, stock_shape
        As of `message_slots`.
    """
    k, t = stock_shape
    s = slots // ((k + 1) * t) - 1
    none = np.full(t, -1)
    products = np.repeat(np.arange(k), t)
    of = np.concatenate([products, np.tile(products, s), none, np.tile(none, s)])
    return np.asarray(of == np.arange(k)[:, None])
