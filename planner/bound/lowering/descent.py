"""Lower a bound over its prices: sign-based steps for the limits' prices, scaled averages of slopes for all others.

Limits differ by orders of magnitude in what a unit is worth, so each price keeps a step of its own that grows while
its slope keeps its sign and halves when it turns (resilient propagation, doi:10.1109/ICNN.1993.298623). The many prices
that are relative to a guess share one falling step (Adam, arXiv:1412.6980). Nothing here affects validity: every value
that the function takes is a bound, and the best one is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from planner.bound.inputs import Prices

Slope = Callable[[Prices], tuple[float, Prices]]
"""Value and slopes at some prices."""


@dataclass(frozen=True, kw_only=True)
class DescentParams:
    """How prices move.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    limit_step: float = 0.05
    """First step of a limit's price, relative to its scale."""
    growth: float = 1.3
    shrink: float = 0.5
    memory: float = 0.5
    """Share of the old mean slope that is kept."""
    end: float = 0.03
    """Last step of the relative prices, as a share of the first."""

    def __post_init__(self) -> None:
        if not (0 < self.limit_step <= 1 and self.growth > 1 and 0 < self.shrink < 1):
            raise ValueError("DescentParams: expected 0 < limit_step <= 1, growth > 1 and 0 < shrink < 1")
        if not (0 <= self.memory < 1 and 0 < self.end <= 1):
            raise ValueError("DescentParams: expected 0 <= memory < 1 and 0 < end <= 1")


@dataclass(frozen=True, kw_only=True, eq=False)
class Descent:
    """Where a descent ended."""

    value: float
    prices: Prices
    ended: bool = False
    """Whether its report ended it before its time."""


RESILIENT = ("limit", "stock")


def descend(
    slope: Slope,
    start: Prices,
    scale: Prices,
    first_step: dict[str, float],
    keep: Callable[[Prices], Prices],
    iterations: int,
    params: DescentParams,
    report: Callable[[int, float], bool],
    whole: int | None = None,
) -> Descent:
    """Lower the bound for some iterations.

    Parameters
    ----------
    scale
        Natural size of every price.
    first_step
        By name of a price's kind, the first step relative to its scale; kinds left out stay as they are.
    keep
        Puts prices back where they are allowed.
    report
        Told iterations done and the best value; the descent ends when it returns False.
    whole
        Iterations of the descent that these are the first of; steps fall as they do there.
    """
    now = start
    best = Descent(value=np.inf, prices=start)
    mean = {name: np.zeros_like(getattr(start, name)) for name in first_step}
    square = {name: np.zeros_like(getattr(start, name)) for name in first_step}
    steps = {
        name: first_step[name] * np.broadcast_to(getattr(scale, name), getattr(start, name).shape)
        for name in first_step
    }
    last = {name: np.zeros_like(getattr(start, name)) for name in RESILIENT}
    pinned = {name: np.zeros(getattr(start, name).shape, dtype=bool) for name in RESILIENT}
    spread = 0.9
    for number in range(iterations):
        value, slopes = slope(now)
        if value < best.value:
            best = Descent(value=value, prices=now)
        if not report(number + 1, best.value):
            return replace(best, ended=True)
        fade = params.end ** (number / max(1, (whole or iterations) - 1))
        moved = {}
        for name in first_step:
            here, size = getattr(slopes, name), getattr(scale, name)
            if name in RESILIENT:
                # A price that is held where it is allowed says nothing of its step, which must not grow meanwhile.
                turn = np.where(pinned[name], 0.0, np.sign(here) * np.sign(last[name]))
                steps[name] = np.clip(
                    steps[name] * np.where(turn > 0, params.growth, np.where(turn < 0, params.shrink, 1.0)),
                    1e-7 * size,
                    0.5 * size,
                )
                last[name] = np.where(turn < 0, 0.0, here)
                moved[name] = getattr(now, name) - steps[name] * np.sign(last[name])
            else:
                mean[name] = params.memory * mean[name] + (1 - params.memory) * here
                square[name] = spread * square[name] + (1 - spread) * here**2
                corrected = mean[name] / (1 - params.memory ** (number + 1))
                length = np.sqrt(square[name] / (1 - spread ** (number + 1)))
                moved[name] = getattr(now, name) - fade * steps[name] * corrected / (length + 1e-30)
        before, now = now, keep(now._replace(**moved))
        pinned = {name: (getattr(now, name) == getattr(before, name)) & (last[name] != 0) for name in RESILIENT}
    return best
