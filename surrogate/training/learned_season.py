"""Season and holidays as the model keeps them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from surrogate.digits import to_digits
from surrogate.effects.fit import Member
from surrogate.effects.season import Calendar, LearnedSeason


def learned_season(
    calendar: Calendar, members: tuple[Member, ...], days: Mapping[str, tuple[float, ...]]
) -> LearnedSeason | None:
    """Return what members learned of a calendar; None where the data tells neither season nor holidays.

    Parameters
    ----------
    days
        By holiday: what each of the days up to it sells over their mean.
    """
    if not calendar.names:
        return None
    return LearnedSeason(
        harmonics=calendar.harmonics,
        holidays={name: tuple(map(str, dates)) for name, dates in calendar.holidays.items()},
        effect=to_digits(np.stack([nuisance.year + nuisance.season for _, nuisance in members])),
        days=dict(days),
    )
