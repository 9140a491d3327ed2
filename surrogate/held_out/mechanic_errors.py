"""Errors on promoted cells by mechanic: under which mechanics a forecast is no better than knowing no promotion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from surrogate.held_out.held import Held
from surrogate.shelf.mechanics import KINDS

MECHANIC_UNITS = 200.0
"""Units sold under a mechanic in the held-out weeks below which an error of it says too little."""


@dataclass(frozen=True, kw_only=True)
class MechanicError:
    """Sum of absolute errors over units (WAPE) on the cells whose strongest promotion is of one mechanic."""

    mechanic: str
    wape: float
    """Of the network."""
    wape_no_promotion: float
    """Of the network with its promotions switched off."""

    @property
    def better(self) -> bool:
        """Whether the network misses less than knowing no promotion does."""
        return self.wape < self.wape_no_promotion


def mechanic_errors(held: Held) -> tuple[MechanicError, ...]:
    """Return the errors of the mechanics under which enough units were sold; none without the members' forecasts."""
    if held.members is None:
        return ()
    found = []
    for kind, mechanic in enumerate(KINDS):
        on = held.promoted & (held.members.mechanic == kind)
        total = float((held.units * on).sum())
        if total >= MECHANIC_UNITS:
            missed = [float((np.abs(one - held.units) * on).sum()) for one in (held.network, held.baseline)]
            found.append(
                MechanicError(mechanic=mechanic.value, wape=missed[0] / total, wape_no_promotion=missed[1] / total)
            )
    return tuple(found)


def spoken_against(accuracy: Mapping[str, float | str], mechanic: str) -> tuple[float, float] | None:
    """Return a mechanic's two errors where the network's is no smaller than without promotions, else None.

    Parameters
    ----------
    accuracy
        Held-out metrics by name, as a model keeps them.
    """
    ours, plain = (accuracy.get(f"wape_{mechanic}{name}") for name in ("", "_no_promotion"))
    if isinstance(ours, float) and isinstance(plain, float) and not (ours < plain):
        return ours, plain
    return None


def no_better(errors: Sequence[MechanicError]) -> tuple[str, ...]:
    """Say of every mechanic whose foreseen sales miss as much as those without any promotion, or more."""
    return tuple(
        f"Do not trust it for {one.mechanic.replace('_', ' ')}: {one.wape:.1%} of the units are missed on its cells, "
        f"{one.wape_no_promotion:.1%} where promotions are switched off. The test does not tell its lifts from none."
        for one in errors
        if not one.better
    )
