"""Whether arms can be compared: in every wave, and for every customer, each of them must have been possible.

Where an arm is missing from a wave, its customers would be compared with those of other waves, and what differs between
the waves would pass for the offer's effect.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.experiment.reading.columns import Texts
from surrogate.experiment.reading.numbers import NumberColumns

_LEAST = 1e-9
_FAR = 6.0
"""Standard errors between the rows of an arm and the sum of its probabilities that no draw reaches by chance."""
_NAMED = 5


def check_waves(reader: NumberColumns, column: str, wave: Texts, arm: Int, names: tuple[str, ...]) -> None:
    """Refuse waves that lack an arm.

    Parameters
    ----------
    reader
        Takes the problems.
    column
        Of the waves.
    wave, arm
        [N] each.
    names
        [A + 1] of the arms.
    """
    lacking = []
    for one in dict.fromkeys(wave.tolist()):
        there = np.unique(arm[wave == one])
        missing = [name for number, name in enumerate(names) if number not in there]
        lacking += [f'wave "{one}" without {" and ".join(missing)}'] if missing else []
    if lacking:
        more = f", and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        remedy = "leave out the rows of these waves, or train on one file for each set of arms"
        reader.refuse(column, "every arm in every wave", f"{', '.join(lacking[:_NAMED])}{more}", remedy)


def check_chance(reader: NumberColumns, columns: str, chance: Float, arm: Int, names: tuple[str, ...]) -> None:
    """Refuse probabilities [N, A + 1] that are 0 for an arm, or that say other numbers than were drawn."""
    none = np.asarray((chance <= _LEAST).any(axis=1))
    if none.any():
        got = f"0 of some arm in {int(none.sum()):,} rows, first in row {reader.row(none)}"
        remedy = "leave out customers who could not get every arm, or train on one file for each set of arms"
        reader.refuse(columns, "a probability above 0 of every offer and of none", got, remedy)
        return
    drawn = np.bincount(arm, minlength=chance.shape[1])
    expected, spread = chance.sum(axis=0), np.sqrt((chance * (1.0 - chance)).sum(axis=0))
    far = np.abs(drawn - expected) / spread
    if (far > _FAR).any():
        worst = int(np.argmax(far))
        got = f"a sum of {expected[worst]:,.0f} for {names[worst]}, and {drawn[worst]:,} rows with it"
        remedy = "name the columns of the draw itself, or leave propensity out where the shares of a wave were the same"
        reader.refuse(columns, "probabilities that agree with how often each arm was drawn", got, remedy)
