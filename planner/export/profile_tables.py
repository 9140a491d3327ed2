"""Profiles as tables for other programs: one row a segment, or one row a customer that was placed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from planner.overwriting import columns_of
from scenarios.arrays import Int
from surrogate.data.files.pseudonyms import Pseudonyms
from surrogate.people.placing import CustomerRows
from surrogate.people.profile_axes import Axis, ProfileSpace
from surrogate.people.profiles import HABITS

_SIZES = ("segment", "name", "customers", "share")
_PLACED = ("segment", "name")
_WHO = ("row", "customer", "pseudonym")
_BECAME = ("then", "now", "verdict", "distance")


def is_profile_table(path: Path) -> bool:
    """Whether a file has the columns of a table that ``campaign profiles`` writes, whichever of its three."""
    columns = columns_of(path)
    placed = len(columns) >= 3 and columns[0] in _WHO and columns[1:3] == _PLACED
    placed = placed and (len(columns) == 3 or set(HABITS) <= set(columns))
    return placed or columns[:4] in (_SIZES, _BECAME)


def segment_columns(space: ProfileSpace, axes: tuple[Axis, ...]) -> dict[str, list[Any]]:
    """Return one row a segment: size, every mean feature in people's units, and its place on the profile axes."""
    columns: dict[str, list[Any]] = {
        "segment": list(space.ids),
        "name": list(space.names),
        "customers": [int(count) for count in space.customers],
        "share": [round(float(share), 6) for share in space.shares],
    }
    for number, feature in enumerate(space.scale.names):
        columns[feature] = [None if math.isnan(value) else float(value) for value in space.raw[:, number]]
    for number, axis in enumerate(axes, start=1):
        columns[f"axis {number}"] = [float(score) for score in axis.scores]
    return columns


def placed_columns(
    space: ProfileSpace, rows: CustomerRows, label: Int, pseudonyms: Pseudonyms | None
) -> dict[str, list[Any]]:
    """Return one row a customer: who, as a pseudonym or (without one) as the file writes it, and the segment."""
    if rows.ids is None:
        who: dict[str, list[Any]] = {"row": list(range(1, len(label) + 1))}
    elif rows.pseudonyms:
        who = {"pseudonym": [int(each) for each in rows.ids]}
    elif pseudonyms is None:
        who = {"customer": list(rows.ids)}
    else:
        who = {"pseudonym": pseudonyms.numbers(rows.ids).tolist()}
    return who | {"segment": [space.ids[number] for number in label], "name": [space.names[number] for number in label]}


def feature_columns(space: ProfileSpace, rows: CustomerRows) -> dict[str, list[Any]]:
    """Return the features of customers, as ``assign`` reads them; None where unknown."""
    return {
        name: [None if math.isnan(value) else round(value, 6) for value in rows.raw[:, number].tolist()]
        for number, name in enumerate(space.scale.names)
    }
