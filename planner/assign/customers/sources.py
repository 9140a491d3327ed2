"""Which plan an assignment takes its quotas from, and which rollout says who is kept out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FromPlan:
    """The plan whose quotas were limits."""

    plan: int
    sha256: str
    """Of its plans.json."""


@dataclass(frozen=True, kw_only=True)
class RolledOut:
    """What a rollout was made from: exported anew for more customers, it stays the same."""

    plans_sha256: str
    plan: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class HeldOutCount:
    """Whom a rollout keeps out, counted."""

    customers: int
    """In the customers' file; they get no offer."""
    of: int
    """In the rollout."""
    sha256: str
    """Of its holdout.csv."""
    rollout: RolledOut | None = None
    """Which plan it rolled out, by which lots; None in records of an older version."""
