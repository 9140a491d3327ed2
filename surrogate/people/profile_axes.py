"""Learned profiles made readable: User_Profile = W.X in a few axes, each named by the features that move it most.

Every member of the ensemble learns a W of its own, and none of their dimensions means the same as another's. What they
agree on are the directions of X that all of them stretch: the right singular vectors of all W side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.people.profiles import Scale, mean_known
from surrogate.people.segment_names import words_of

MOST_AXES = 4
"""Axes that are shown."""
_NAMED_BY = 4
"""Features that name an axis."""
_FAINT = 0.5
"""Share of the strongest feature's weight that others need to name an axis, too."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ProfileSpace:
    """What places customers and compares segments. S segments, F features, D profile dimensions of all members."""

    scale: Scale
    weight: Float
    """[D, F] W of all members side by side."""
    ids: tuple[str, ...]
    names: tuple[str, ...]
    customers: Int
    """[S]"""
    features: Float
    """[S, F] mean normalised features: W times them is the centre of the segment."""
    raw: Float
    """[S, F] mean features in people's units; NaN where unknown."""
    least_visits: float
    """Visits a week below which a customer belongs to ``rest``; 0 where there is none."""
    stability: float
    """Overlap in which the least stable segment comes back from resampled customers."""
    elsewhere: float = float("nan")
    """Share of training's customers whom `features`, which are blurred, place in another segment; NaN where unknown."""
    own: str = ""
    """Column of the retailer's list that says who is in which segment; blank where segments were learned."""

    @property
    def shares(self) -> Float:
        """[S] share of all customers."""
        return np.asarray(self.customers / self.customers.sum())

    @property
    def average(self) -> Float:
        """[F] mean features of all customers in people's units; NaN where unknown."""
        return mean_known(self.shares, self.raw)


@dataclass(frozen=True, kw_only=True, eq=False)
class Axis:
    """One direction of the learned profiles."""

    share: float
    """Share of W that it explains; the shares of all axes add up to 1."""
    features: tuple[tuple[str, float], ...]
    """Features that move it most, with their weight, the strongest first; weights of an axis have length 1."""
    scores: Float
    """[S] where the segments lie on it, 0 at the average customer."""

    @property
    def words(self) -> str:
        """Both ends in plain words: ``from occasional, small baskets to frequent, big baskets``."""
        found = [(words_of(name), weight > 0) for name, weight in self.features]
        low = ", ".join(words.low if up else words.high for words, up in found)
        high = ", ".join(words.high if up else words.low for words, up in found)
        return f"from {low} to {high}"


def profile_axes(space: ProfileSpace) -> tuple[Axis, ...]:
    """Return the strongest axes, the strongest first; the strongest feature of each points upwards."""
    _, size, directions = np.linalg.svd(space.weight, full_matrices=False)
    total = float((size**2).sum()) or 1.0
    centred = space.features - space.shares @ space.features
    out = []
    for row in range(min(MOST_AXES, len(size))):
        direction = np.round(directions[row], 6)
        order = np.argsort(-np.abs(direction), kind="stable")
        direction = direction * np.sign(direction[order[0]] or 1.0)
        least = _FAINT * direction[order[0]]
        named = [int(index) for index in order[:_NAMED_BY] if abs(direction[index]) >= least]
        out.append(
            Axis(
                share=round(float(size[row] ** 2) / total, 6),
                features=tuple((space.scale.names[index], float(direction[index])) for index in named),
                scores=np.round(centred @ direction, 4),
            )
        )
    return tuple(out)
