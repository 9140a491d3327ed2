"""What a running search says of itself: one record per step, for whoever watches."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One moment of a run; everything that is not known yet is None.

    Raises
    ------
    ValueError
        For a share that is not between 0 and 1.
    """

    stage: str
    """What is being done, in the planner's words: ``learning effects``, ``evolving plans``."""
    step: str = ""
    """Which step of it, such as ``network 2 of 5``."""
    generation: int = 0
    """Generations of the evolution so far."""
    best: float | None = None
    """Objective of the best plan so far, in major currency units over the empty plan."""
    gap: float | None = None
    """(bound - best) / max(1, |bound|), where a bound is known."""
    feasible_share: float | None = None
    """Share of the population that keeps every limit and rule."""
    seconds: float = 0.0
    """Time since the run began."""
    share_done: float | None = None
    """Share of the work that is done, 0 to 1."""
    known: str = ""
    """What is known already and stays so, whatever the run still looks for: why there is no plan."""

    def __post_init__(self) -> None:
        for name in ("feasible_share", "share_done"):
            value = getattr(self, name)
            if value is not None and not (0 <= value <= 1):
                raise ValueError(f"{name} must be a share between 0 and 1, got {value}")

    @property
    def seconds_left(self) -> float | None:
        """Estimate of the time that is left, from the share of the work that is done."""
        if self.share_done is None or not (self.share_done > 0.02):
            return None
        return self.seconds * (1 - self.share_done) / self.share_done


def ignore(_: Progress) -> None:
    """Watch nothing."""
