"""What a run may do and must return."""

from __future__ import annotations

from dataclasses import dataclass

from planner.figures import given
from planner.run.effort import Effort
from scenarios.arrays import Plan


@dataclass(frozen=True, kw_only=True)
class SearchParams:
    """What a run may do and must return.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    seed: int = 0
    effort: Effort = Effort.NORMAL
    seconds: float | None = None
    """Answer in about this time instead of after a fixed work; such a run is not repeatable."""
    since: float | None = None
    """When that time began, by `time.monotonic`: a command counts reading the question in; where None, with the run."""
    plans: int = 5
    start: Plan | None = None
    """A plan to improve: a person's, or that of an earlier run."""
    keep: float | None = None
    """Share of the start's lines that must stay as they are."""
    gap: float | None = None
    """Stop searching where the best plan is proven to be this near the best possible one; not repeatable either."""
    cross_fit: bool = True
    """Whether optimism is estimated by planning on each half of the futures; never where time is limited."""

    @property
    def other_seed(self) -> int:
        """The seed of a start of other luck."""
        return self.seed ^ 1

    @property
    def spent(self) -> str:
        """What the run may spend, in words."""
        spent = self.effort.value if self.seconds is None else f"{self.seconds:g} seconds"
        return spent if self.gap is None else f"{spent}, or a gap of {given(self.gap)}"

    @property
    def further(self) -> str:
        """What would let another run search further, before what else may; empty where nothing does."""
        if self.seconds is not None:
            return "more --seconds, "
        return "" if self.effort is Effort.THOROUGH else "--effort thorough, "

    @property
    def repeatable(self) -> bool:
        """Whether work alone decides when the search ends."""
        return self.seconds is None and self.gap is None

    def __post_init__(self) -> None:
        if not (self.seed >= 0 and self.plans >= 1):
            raise ValueError("expected a seed of at least 0 and at least one plan")
        if self.seconds is not None and not (self.seconds > 0):
            raise ValueError("expected seconds above 0")
        if self.gap is not None and not (self.gap >= 0):
            raise ValueError("expected a gap of at least 0")
        if self.keep is not None and (self.start is None or not (0 <= self.keep <= 1)):
            raise ValueError("expected a share of the lines of a plan to start from")
