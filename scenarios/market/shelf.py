"""The shelf of the simulated market: choices between products and the competitor, first come first served."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Float, Int

WALKS_AWAY = 0.3
"""Share of customers who leave without anything where their choice is sold out; the others look again."""


def choose(weights: Float, competitor: Float, columns: Int, draw: Float, gone: Flag | None) -> Int:
    """Pick one product of a category, or -1 for the competitor, for each row.

    ``weights`` [rows, columns] and ``competitor`` [rows] are exponentials of utilities, ``draw`` [rows] is uniform, and
    ``gone`` [rows, columns] marks what is sold out (None: nothing).
    """
    if gone is not None:
        weights = np.where(gone, 0.0, weights)
    edges = np.cumsum(weights, axis=1)
    spot = draw * (edges[:, -1] + competitor)
    place = (spot[:, None] >= edges).sum(axis=1)
    return np.where(place < columns.size, columns[np.minimum(place, columns.size - 1)], -1)


def serve(
    weights: Float,
    competitor: Float,
    columns: Int,
    first_choice: Int,
    wanted: dict[int, Float],
    people: Float,
    again: Float,
    available: Float,
) -> tuple[Int, Float]:
    """Let the customers (in order of arrival) take what they chose until it is sold out; the late look again.

    ``wanted[k]`` [rows] is how many units each row would take of product k, ``people`` [rows] the real customers that a
    row stands for, ``again`` [rows] a uniform draw, ``available`` [K] the stock. Returns the final choices (-1 for
    none) and the filled shares. The first product to run out is settled first, so everybody sees the shelf as it is.
    """
    choice = first_choice.copy()
    filled = np.ones(first_choice.size)
    sold_out = np.full(columns.size, first_choice.size)
    limited = [j for j in range(columns.size) if np.isfinite(available[columns[j]])]
    position = np.arange(first_choice.size)
    while True:
        best: tuple[int, int, float] | None = None
        for j in limited:
            if sold_out[j] < first_choice.size:
                continue
            takes = np.where(choice == columns[j], wanted[int(columns[j])] * people, 0.0)
            taken = np.cumsum(takes)
            over = np.nonzero(taken > available[columns[j]] * (1 + 1e-12))[0]
            if over.size and (best is None or over[0] < best[1]):
                place = int(over[0])
                left = float(available[columns[j]] - (taken[place] - takes[place]))
                best = (j, place, max(0.0, left) / float(takes[place]))
        if best is None:
            return choice, filled
        j, place, share = best
        sold_out[j] = place
        filled[place] = share
        late = np.nonzero((choice == columns[j]) & (position > place))[0]
        if late.size:
            gone = sold_out[None, :] < late[:, None]
            stays = again[late] >= WALKS_AWAY
            spot = np.clip((again[late] - WALKS_AWAY) / (1 - WALKS_AWAY), 0.0, 1.0)
            second = choose(weights[late], competitor[late], columns, spot, gone)
            choice[late] = np.where(stays, second, -1)
