"""What the age of goods takes from baselines through a scenario's horizon, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from scenarios.first_few import first_few
from surrogate.data.weeks import week_of
from surrogate.scoring.axes import Axes


def fading_notes(axes: Axes, numbers: Sequence[int] | None = None) -> tuple[str, ...]:
    """Say what baselines of products [K] fall to in the horizon's first and last week; nothing where none falls.

    Parameters
    ----------
    axes
        The scenario beside the model.
    numbers
        Which products are told of; all by default.
    """
    fades = axes.model.fading
    if fades is None:
        return ()
    horizon, last = axes.scenario.horizon, week_of(dt.date.fromisoformat(axes.model.test_until))
    ends = [horizon.dates[0].toordinal(), horizon.dates[-1].toordinal() + horizon.period_days - 1]
    chosen = np.arange(len(axes.products)) if numbers is None else np.asarray(numbers, dtype=np.int64)
    factor = fades.factor(ends, last)[axes.index[chosen]]
    falling = [
        f"{axes.products[number].id} {then:.0%} in its first week, {there:.0%} in its last"
        for number, (then, there) in zip(chosen.tolist(), factor.tolist(), strict=True)
        if then < 1
    ]
    if not falling:
        return ()
    return (
        "Goods that come and go sell less with each week of age, so baselines fall through the horizon. Of the level "
        f"at the end of the data there is left: {first_few(falling, joint='; ')}.",
    )
