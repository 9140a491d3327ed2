"""Explaining segments: the few features that set each apart, in plain words, and what its profile rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surrogate.people.own_segments import without_own
from surrogate.people.profile_axes import ProfileSpace
from surrogate.people.profiles import HABITS


@dataclass(frozen=True, kw_only=True)
class Trait:
    """One feature that sets a segment apart."""

    feature: str
    value: float
    """The segment's mean, in people's units."""
    average: float
    """The mean over all segments' customers."""
    pull: float
    """How far the feature moves the learned profile, in standard deviations of the segments' profiles."""

    def sentence(self) -> str:
        """Return the trait in words: ``visits per week 2.0 (average 1.1)``."""
        return f"{self.feature} {written(self.feature, self.value)} (average {written(self.feature, self.average)})"


def written(feature: str, value: float) -> str:
    """Return a feature's value as people write it: shares in percent."""
    share = feature.endswith(" share") or feature.startswith("share of ") or " is " in feature
    return f"{value:.1%}" if share else f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


def segment_traits(space: ProfileSpace, *, count: int = 4) -> dict[str, tuple[Trait, ...]]:
    """Return by segment id the features that move its learned profile most.

    A feature's pull is |W (x_f - mean x_f)| over all members' profile dimensions: the part of User_Profile = W.X that
    the feature explains. That customers of a retailer's own segment are in it is no trait.
    """
    mean = space.shares @ space.features
    spread = float(np.sqrt((((space.features - mean) @ space.weight.T) ** 2).sum(axis=1).mean())) or 1.0
    told, average = np.isfinite(space.raw) & without_own(space.scale.names, space.own), space.average
    size = np.sqrt((space.weight**2).sum(axis=0))
    out = {}
    for number, name in enumerate(space.ids):
        pull = np.abs(space.features[number] - mean) * size / spread
        order = [int(index) for index in np.argsort(-np.round(pull, 6), kind="stable") if told[number, index]]
        out[name] = tuple(
            Trait(
                feature=space.scale.names[index],
                value=float(space.raw[number, index]),
                average=float(average[index]),
                pull=float(pull[index]),
            )
            for index in order[:count]
        )
    return out


def segment_profile(space: ProfileSpace, number: int) -> dict[str, float | str]:
    """Return a learned segment's profile in people's units, as it stands in a scenario: habits, then demographics."""
    names, raw = space.scale.names, space.raw[number]
    shown = [index for index, name in enumerate(names) if name in HABITS or not name.startswith("share of ")]
    return {names[index]: float(raw[index]) for index in shown if np.isfinite(raw[index])}
