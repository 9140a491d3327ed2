"""The groups that a file of customers' units tells, against whom the rollouts keep out: others swap an effect's sign.

Names are compared as `planner.assign.customers.held_out` does it. Where neither whom a rollout keeps out nor others
whom it names are in the file, names are written otherwise or are of other customers: that is said, and nothing is
refused for it. A campaign that was planned again has several rollouts. Told as kept out may be whom any of them keeps
out, and told as reached whom any of them reaches: where the names of one are not found, no group can be called wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.assign.customers.customer_file import hashes_of
from planner.assign.customers.held_out import HOLDOUT, Key, find_held_out, read_holdout
from planner.assign.customers.listed_customers import ListedCustomers
from planner.assign.customers.lost_zeros import without_zeros
from planner.assign.customers.nobody_held import others_found
from planner.figures import plural
from planner.flight.rollout.folder import listed_file, read_manifest
from scenarios.arrays import Flag
from scenarios.first_few import NAMED
from scenarios.flight.actuals import GROUPS
from scenarios.flight.actuals import HOLDOUT as KEPT_OUT
from scenarios.language.text.csv_files import CsvTable
from scenarios.problems import InvalidInput, Problem
from surrogate.data.files.customer_file import CUSTOMER, PSEUDONYM


def compare_groups(path: Path, table: CsvTable, rollouts: Sequence[Path], scenario: str, key: Key) -> tuple[str, ...]:
    """Compare the groups of a file of customers' units with the holdouts of rollouts.

    Parameters
    ----------
    path, table
        The file, which has been read as units by customer.
    scenario
        Id of the campaign's scenario.

    Returns
    -------
    Sentences on what could not be compared.

    Raises
    ------
    InvalidInput
        Where customers are told as kept out whom no rollout keeps out, or as reached whom every rollout keeps out;
        where a holdout was changed since, or the key cannot be used.
    """
    drawn = [
        each for each in rollouts if listed_file(each, read_manifest(each, scenario=scenario), HOLDOUT) is not None
    ]
    if not drawn:
        named = ", ".join(map(str, rollouts))
        why = f"{named} drew no holdout (export it with --customers FILE)"
        return (_uncompared(path, why),) if rollouts else ()
    naming = next((name for name in (CUSTOMER, PSEUDONYM) if name in table.columns), None)
    if naming is None:
        return (_uncompared(path, f"the file does not name its customers (column {CUSTOMER})"),)
    names = np.array(table.texts(naming), dtype=object)
    file = ListedCustomers(path=path, names=tuple(names), pseudonymous=naming == PSEUDONYM)
    unmatched, held, holdouts = [], [], [read_holdout(each, scenario) for each in drawn]
    for each, holdout in zip(drawn, holdouts, strict=True):
        found = find_held_out(holdout, file, key)
        if found.customers or others_found(holdout, file, key()):
            held.append(found.holds(hashes_of(names)))
        else:
            unmatched.append((each, holdout.count, without_zeros([holdout], file, key)))
    if unmatched:
        # told groups may be those of a rollout whose names are not found: nobody can say that they are wrong
        others = [each for each in drawn if each not in {one for one, _, _ in unmatched}]
        return tuple(_uncompared(path, _unmatched(each, count, others, lost)) for each, count, lost in unmatched)
    named = ", ".join(str(each / HOLDOUT) for each in drawn)
    told, kept = np.array(table.texts("group")) == GROUPS[KEPT_OUT], np.array(held)
    strange = replace(file, names=tuple(names[told & ~kept.any(axis=0)]))
    _refuse_others(path, named, names, told, kept, without_zeros(holdouts, strange, key))
    return ()


def _uncompared(path: Path, why: str) -> str:
    return f"the groups of {path} were not compared with whom a rollout keeps out: {why}"


def _unmatched(rollout: Path, count: int, others: Sequence[Path], lost: str) -> str:
    alone = f" (what {' and '.join(map(str, others))} drew does not settle it)" if others else ""
    remedy = "give --key FILE, the key file of the export, or export the rollout again with --ids"
    return (
        f"none of its customers is among those whom {rollout} names ({count:,} kept out), as they stand or by "
        f"the key of pseudonyms{alone}; {lost or remedy}"
    )


def _refuse_others(path: Path, named: str, names: NDArray[np.object_], told: Flag, held: Flag, lost: str) -> None:
    """Refuse groups that were not drawn so.

    Parameters
    ----------
    names, told : [N]
        Of each row, the customer and whether the file tells the customer as kept out.
    held : [R, N]
        Whether each rollout keeps the customer out.
    lost
        What became of leading zeros of those who are told as kept out and are not; empty where nothing did.
    """
    there = names != ""
    kinds = (
        (
            told & ~held.any(axis=0) & there,
            f"customers of the group {GROUPS[KEPT_OUT]} in {named}",
            f"{{}} told as {GROUPS[KEPT_OUT]} whom no rollout keeps out",
            lost,
        ),
        (
            ~told & held.all(axis=0) & there,
            f"no customers of {named} in the group {GROUPS[1 - KEPT_OUT]}",
            f"{{}} told as {GROUPS[1 - KEPT_OUT]} whom every rollout keeps out",
            "",
        ),
    )
    remedy = f"take the group from {HOLDOUT} of the rollout that ran, and name that one with --rollout"
    problems = []
    for wrong, expected, got, other in kinds:
        who = list(dict.fromkeys(names[wrong]))
        if who:
            few = f" ({', '.join(who[:NAMED])}{' ...' if len(who) > NAMED else ''})"
            of = f" of {plural(len(set(names[there])), 'customer')}"
            told_so = got.format(f"{len(who):,}{of}") + few
            problems.append(
                Problem(where=str(path), what="group", expected=expected, got=told_so, remedy=other or remedy)
            )
    if problems:
        raise InvalidInput(problems)
