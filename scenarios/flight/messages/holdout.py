"""Who is kept out by lot: customers out of every audience, periods out of a public price. The same seed, the same lot.

The lot of a customer hangs on nothing but the seed and the customer's own pseudonym, so it is the same whatever else is
in the file and in whatever order, and cannot follow anything that customers do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Int
from scenarios.streams import stream


def lots(pseudonyms: Sequence[str], seed: int, name: str) -> NDArray[np.uint64]:
    """[N] the lot of each customer in one draw, uniform over 64 bits."""
    start = hashlib.blake2b(f"{seed}\x00{name}\x00".encode(), digest_size=8)
    found = np.empty(len(pseudonyms), dtype=np.uint64)
    for number, pseudonym in enumerate(pseudonyms):
        one = start.copy()
        one.update(pseudonym.encode())
        found[number] = int.from_bytes(one.digest(), "big")
    return found


def held_out(pseudonyms: Sequence[str], segment: Int, sizes: Sequence[int], seed: int) -> Flag:
    """Draw the holdout of each segment.

    Parameters
    ----------
    segment : [N]
        Number of each customer's segment.
    sizes
        Customers to keep out, by segment; all of them where a segment has fewer.

    Returns
    -------
    [N] who is kept out
    """
    drawn = lots(pseudonyms, seed, "holdout")
    out = np.zeros(len(pseudonyms), dtype=bool)
    for number, size in enumerate(sizes):
        members = np.flatnonzero(segment == number)
        out[members[np.argsort(drawn[members], kind="stable")[: max(size, 0)]]] = True
    return out


def line_lots(drawn: NDArray[np.uint64], line: str) -> NDArray[np.uint64]:
    """[N] lots of customers for one line, from their lots ``drawn`` for all of them.

    Every line has lots of its own, because the account counts messages and customers reached as if lines reached
    customers independently of each other. Mixed as in SplitMix64 (Steele, Lea and Flood, 2014), so that a line costs no
    hash of every customer.
    """
    key = np.uint64(int.from_bytes(hashlib.blake2b(line.encode(), digest_size=8).digest(), "big"))
    mixed = drawn ^ key
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def switched_off(run: Sequence[int], share: float, seed: int, name: str) -> tuple[int, ...]:
    """Draw periods of a run in which its price is off, one at random out of each of its `switch_blocks`.

    Parameters
    ----------
    run
        Periods in which the price is on, in order.
    share
        Of the periods that is switched off, at most a half; as near to it as whole periods go.

    Raises
    ------
    ValueError
        For a share of 0 or less, or of more than a half.
    """
    if not (0.0 < share <= 0.5):
        raise ValueError(f"share: expected a share above 0 and up to 50%, got {share}")
    off = min(int(share * len(run) + 0.5), len(run) // 2)
    block = switch_blocks(len(run), off)
    rng = stream(seed, "switchback", name)
    members = [np.flatnonzero(block == number) for number in range(block.max(initial=-1) + 1)]
    return tuple(run[int(each[rng.integers(len(each))])] for each in members)


def switch_blocks(periods: int, off: int) -> Int:
    """[N] block of each period of a run, as even as they go: of each, one period is off."""
    if not off:
        return np.full(periods, -1, dtype=np.int64)
    sizes = [len(each) for each in np.array_split(np.arange(periods), off)]
    return np.repeat(np.arange(off), sizes)
