"""What the trainings of a simulated loop knew, and how well they did on weeks that they had not seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from planner.figures import NOTHING, count, share
from planner.report.table import About, Column, FittedTable
from planner.simulate.retrain import Training
from scenarios.answer.json_records import to_data

_NETWORK = "wape_category"
_OTHERS = ("wape_category_no_promotion", "wape_category_segment_mean")
_PROMOTED = "wape_promoted"


def show_trainings(trainings: Sequence[Training]) -> FittedTable:
    """Lay out what each training read, and its error on the held-out weeks beside simpler predictors."""
    rows = [
        (
            str(one.campaign),
            str(one.weeks),
            count(one.customers),
            count(one.purchases),
            count(one.contacts),
            *(_share(one, name) for name in (_PROMOTED, _NETWORK, *_OTHERS)),
        )
        for one in trainings
    ]
    weeks = " or ".join(count(weeks) for weeks in sorted({float(one.accuracy["held_out_weeks"]) for one in trainings}))
    return FittedTable(
        title="What each training knew",
        columns=(
            Column(title="before campaign", least=8),
            Column(title="weeks", number=True),
            Column(title="customers", number=True, gives_way=2),
            Column(title="purchases", number=True),
            Column(title="messages", number=True, gives_way=3),
            Column(title="error, promoted", number=True),
            Column(title="error, all weeks", number=True),
            Column(title="no promotion", number=True, gives_way=1),
            Column(title="segment mean", number=True, gives_way=1),
        ),
        rows=tuple(rows),
        notes=(
            f"errors (WAPE) on the last {weeks} weeks, foreseen from those before: of the network on promoted cells, "
            "and by segment, product and week",
        ),
        abouts=(
            About(column="no promotion", text="no promotion: the same of the network with promotions switched off"),
            About(column="segment mean", text="segment mean: of each segment's mean of the weeks before"),
        ),
    )


def trainings_json(trainings: Sequence[Training]) -> Any:
    """Return the same for `--json`; metrics that nobody knows are null."""
    return to_data(
        [replace(one, accuracy={name: _known(value) for name, value in one.accuracy.items()}) for one in trainings]
    )


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _share(training: Training, name: str) -> str:
    value = training.accuracy.get(name)
    return share(value) if isinstance(value, float) and math.isfinite(value) else NOTHING
