"""A customers' file that holds nobody of a rollout's holdout: by chance, or because its names are written otherwise.

Where others whom the rollout names are in the file, the names match and nobody is held out. Else a small file may
well hold nobody: that is told, with the chance of it. Refused is what cannot be chance, and names that cannot match:
pseudonyms beside ids, without a key or under another one than the rollout's. Whoever is held out would get offers in
silence. New customers are in no rollout, so that nobody of any number of them need be held out: they pass where names
are sure to match, because the key is the rollout's or both files hold ids.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from constraints.assign.rows import BLOCK_ROWS
from planner.assign.customers.customer_file import hashes_of
from planner.assign.customers.held_out import (
    HeldOut,
    Holdout,
    Key,
    Names,
    as_numbers,
    find_held_out,
    ids_of,
    read_named,
    search,
)
from planner.figures import plural, share
from scenarios.problems import InvalidInput, Problem
from surrogate.data.files.customer_file import CUSTOMER
from surrogate.data.files.pseudonyms import Pseudonyms

SMALL = 0.01
"""A chance below this is none: the names do not match."""
_LARGE = 1 << 48
"""Ids of customers are smaller numbers, and of some pseudonyms hardly one is."""


def found_or_judged(holdout: Holdout, file: Names, key: Key, *, new: bool = False) -> HeldOut:
    """Find in a customers' file whom a rollout keeps out; where that is nobody, judge whether the names match.

    Parameters
    ----------
    new
        Whether the file may hold none of the rollout's customers at all.

    Raises
    ------
    InvalidInput
        Where the names clearly do not match, or the key cannot be used.
    """
    held = find_held_out(holdout, file, key)
    if held.customers or not holdout.count:
        return held
    return replace(held, doubt=judge_nobody(holdout, file, key(), new=new))


def judge_nobody(holdout: Holdout, file: Names, key: Pseudonyms | None, *, new: bool = False) -> str:
    """Say what to make of a file in which nobody of a holdout was found.

    Raises
    ------
    InvalidInput
        Where the names clearly do not match: it cannot be chance, or pseudonyms stand beside ids without a key.
    """
    nobody = f"none of the file's customers is among the {holdout.count:,} held out"
    if others_found(holdout, file, key):
        return f"{nobody}; others whom the rollout names are in it, so their names match"
    count, pseudonymous = _customers(file)
    chance = 0.0 if holdout.share is None else (1.0 - holdout.share) ** count
    named_apart = pseudonymous != _pseudonymous(holdout.named.numbers)
    mine = None if key is None else key.fingerprint
    other_key = None not in (mine, holdout.key) and mine != holdout.key
    apart = named_apart and (key is None or other_key)
    if new and not apart:
        if mine is not None and mine == holdout.key and not pseudonymous:
            return f"{nobody}; the rollout's names were made with your key, so they match"
        if not named_apart and not pseudonymous:
            return f"{nobody}; both files name customers by ids, which were compared as they stand"
    if apart or not (chance >= SMALL):
        tried = "as they stand or as pseudonyms under your key" if key else "as they stand, and there is no key"
        if other_key:
            tried += f", which is another than the rollout's (fingerprint {mine}, not {holdout.key})"
        raise InvalidInput(
            [
                Problem(
                    where="--rollout",
                    what=str(holdout.named.path),
                    expected=f"customers of {file.path} among the {holdout.count:,} who are held out",
                    got=f"none, with ids {tried}",
                    remedy="give --key FILE, the key file of the export, or export the rollout again with --ids "
                    "(under that key: another one keeps others out); leave --rollout out only where nobody of this "
                    "file is held out",
                )
            ]
        )
    return (
        f"{nobody}: of {plural(count, 'customer')}, by chance in {share(chance, digits=0)} of such files, because "
        f"{share(holdout.share or 0.0, digits=1)} of all are held out; if the rollout names them otherwise, give "
        "--key FILE, the key file of the export, or export it again with --ids"
    )


def others_found(holdout: Holdout, file: Names, key: Pseudonyms | None) -> bool:
    """Whether anybody of the rollout's audiences is in the file: then its names match."""
    there = (read_named(path) for path in holdout.audiences if path.is_file())
    return any(search(file, named, each)[1] for named in there for each in dict.fromkeys((None, key)))


def _customers(file: Names) -> tuple[int, bool]:
    """Return how many customers a file holds, and whether they are named by pseudonyms."""
    hashes, numbers = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
    all_numbers = True
    for batch in file.batches((CUSTOMER,), BLOCK_ROWS):
        ids = ids_of(batch)
        ids = ids[ids != ""]
        hashes.append(hashes_of(ids))
        found = as_numbers(ids)
        all_numbers &= found is not None
        numbers.append(np.zeros(0, dtype=np.int64) if found is None else found)
    whole = np.concatenate(numbers)
    named = file.pseudonymous or _pseudonymous(whole if all_numbers else None)
    return np.unique(np.concatenate(hashes)).size, named


def _pseudonymous(numbers: np.ndarray | None) -> bool:
    return numbers is not None and bool(numbers.size and numbers.max() > _LARGE)
