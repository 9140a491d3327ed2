"""What is answered where there is no plan: what conflicts, what would mend it, what the nearest plan breaks."""

from __future__ import annotations

from dataclasses import dataclass

from constraints.infeasible.remedies import Remedy


@dataclass(frozen=True, kw_only=True)
class ConflictParams:
    """Effort of the explanation.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    rows: int = 8
    """Limits that are considered together at most."""
    steps: int = 60
    """Subgradient steps."""
    tests: int = 40
    """Rules and locked lines that are left out one by one at most, to cut a proof to what it needs."""

    def __post_init__(self) -> None:
        if not (self.rows >= 1 and self.steps >= 1 and self.tests >= 0):
            raise ValueError("expected rows >= 1, steps >= 1 and tests >= 0")


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Limits, rules and locked lines that no plan keeps together; without any one of them the proof falls."""

    members: tuple[str, ...]
    reason: str
    """One sentence."""
    smallest: bool = False
    """Whether every plan was looked at and no fewer members conflict."""
    minimal: bool = False
    """Whether plans were found that keep all members but one, for each of them."""
    unkept: tuple[str, ...] = ()
    """Members that no plan was found to keep although one of the others was left out: these may be out of reach."""
    evident: bool = False
    """Whether two bounds exclude each other by their numbers alone."""


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Why no plan was found."""

    proven: bool
    """Whether it is proven that no plan keeps everything; only then is a scenario "infeasible"."""
    clashes: tuple[Clash, ...]
    """What conflicts; empty without proof."""
    ways: tuple[Remedy, ...]
    """Each alone mends what it speaks of, the cheapest first; of evident conflicts, the least that it takes."""
    nearest: tuple[str, ...]
    """What the nearest plan breaks."""
    broken: tuple[str, ...] = ()
    """Without proof: limits that the nearest plan breaks."""
    hurried: bool = False
    """Whether a limited time ended before every way out was looked for."""
    untried: tuple[str, ...] = ()
    """Other changes that may mend it and were not looked at, in words: the effort, the time or the patience ended."""
    anew: bool = False
    """Whether a start of other luck was made, too, and came to nothing."""
    firm: frozenset[str] = frozenset()
    """Of the members, those that are firm: no way out changes or drops them, unless a clash has no other members."""

    @property
    def members(self) -> tuple[str, ...]:
        """Limits, rules and locked lines that cannot all be kept; without proof, what the nearest plan breaks."""
        return tuple(dict.fromkeys(member for clash in self.clashes for member in clash.members)) or self.broken

    @property
    def evident(self) -> bool:
        """Whether every conflict is told from the bounds alone: whether a remedy leads to a plan was not tried."""
        return bool(self.clashes) and all(clash.evident for clash in self.clashes)

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence for each contradiction."""
        return tuple(clash.reason for clash in self.clashes)

    @property
    def remedies(self) -> tuple[str, ...]:
        """The ways out in sentences."""
        return tuple(way.text for way in self.ways)
