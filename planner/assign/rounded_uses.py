"""What rounding each customer's uses up to whole fine units holds back of the limits, and that sums stay in 64 bits."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constraints.assign.one_limit import PricedChoices
from constraints.assign.question import MOST_SUM
from constraints.assign.rows import Rows
from constraints.assign.terms import Terms
from planner.assign.customers.customer_file import CustomerFile
from scenarios.arrays import Float
from scenarios.problems import InvalidInput, Problem

_NOISE, _ERROR = 1e-6, 2.0**-51
"""What fine units may err by, at least and as a share: large amounts have fewer digits left behind the point."""
TOLD = 1e-6
"""Share of the bound from which on it is told what rounding may hold back."""


def whole_up(use: Float) -> Float:
    """Round uses [C, n] in fine units up; what a decimal number's own digits and the product err by is no unit."""
    return np.asarray(np.ceil(use - np.maximum(_NOISE, use * _ERROR)))


def added(use: Float, whole: Float, open_: NDArray[np.bool_]) -> float:
    """Return what rounding adds for all customers, whichever open offer [C, n] they get, at most, in fine units."""
    more = np.where(open_, whole - use, 0.0)
    return float(np.where(more > np.maximum(_NOISE, use * _ERROR), more, 0.0).max(axis=0, initial=0.0).sum())


@dataclass(kw_only=True, eq=False)
class Rounding:
    """Sums over the customers who were read, of each measure [M] in fine units."""

    terms: Terms
    added: Float = field(init=False)
    """What rounding up added, at most."""
    _most: Float = field(init=False)
    """What they use, at most."""

    def __post_init__(self) -> None:
        self.added, self._most = (np.zeros(len(self.terms.measures)) for _ in range(2))

    def note(self, rows: Rows, more: tuple[float, ...]) -> None:
        """Count some customers, and what rounding their uses added [M]."""
        self.added += np.array(more, dtype=np.float64)
        open_ = np.isfinite(rows.value)
        for place, use in enumerate(rows.use):
            if use is not None:
                self._most[place] += float(np.where(open_, use, 0.0).max(axis=0, initial=0.0).sum())

    def refuse(self, file: CustomerFile) -> None:
        """Refuse uses whose sums leave 64 bits.

        Raises
        ------
        InvalidInput
            With one problem a measure.
        """
        problems = [
            Problem(
                where=str(file.path),
                what=f"{measure.value} of all customers",
                expected=f"sums below {MOST_SUM / self.terms.fine(measure):,.0f}",
                got=f"up to {most / self.terms.fine(measure):,.0f}",
                remedy="check the columns' unit, or give the customers in several files",
            )
            for measure, most in zip(self.terms.measures, self._most.tolist(), strict=True)
            if not (most < MOST_SUM)
        ]
        if problems:
            raise InvalidInput(problems)

    def said(self, solved: PricedChoices) -> tuple[str, ...]:
        """Say what more the limits might allow if uses were not rounded up, where that is not next to nothing."""
        held = solved.prices * self.added[self.terms.question.measure_of]
        more = float(held.sum())
        if not (more > max(TOLD * abs(solved.bound), 0.5 * 10.0**-self.terms.digits)):
            return ()
        names = ", ".join(
            limit.id for limit, each in zip(self.terms.limits, held, strict=True) if each >= 0.01 * held.max()
        )
        return (
            f"each customer's uses are rounded up, to a millionth, money to a ten-thousandth of the smallest unit: as "
            f"the file has them, about {more:,.{self.terms.digits}f} more might be possible under {names}",
        )
