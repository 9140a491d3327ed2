"""How much work a bound may cost."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.bound.lowering.descent import DescentParams


@dataclass(frozen=True, kw_only=True)
class BoundParams:
    """How much work the bound may cost.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    naive_iterations: int = 8
    iterations: int = 80
    tried: int = 0
    """Iterations after which the best of several starts is told; 0 tells it by where they begin."""
    pace: float = 1.0
    """First steps of the prices of theft, loads and dips, as a multiple of their usual ones."""
    states: int = 12
    """States of fatigue in the dynamic programs while prices are lowered, roughly."""
    fine_states: int = 24
    """States of fatigue with which the last prices are valued."""
    load_cuts: tuple[float, ...] = (0.07, 0.17, 0.35)
    """Where the load of a group of rivals is cut into intervals, as shares of the most that it can be."""
    tolerance: float = 1e-4
    """Stop when the gap to a target is below this share of the bound."""
    descent: DescentParams = field(default_factory=DescentParams)

    def __post_init__(self) -> None:
        if not (self.iterations >= 1 and self.naive_iterations >= 1 and self.states >= 2 and self.fine_states >= 2):
            raise ValueError("BoundParams: expected at least 1 iteration and 2 states of each kind")
        if self.tried < 0 or not (self.pace > 0):
            raise ValueError("BoundParams: expected to try starts for 0 iterations or more, at a pace above 0")
        if not (self.tolerance >= 0):
            raise ValueError("BoundParams: expected tolerance of at least 0")
