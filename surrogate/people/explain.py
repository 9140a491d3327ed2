"""Explaining segments: the few features that set each apart, in plain words, and what its profile rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from surrogate.model import Model
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
    """Return a feature's value in people's units: shares as percent."""
    """Return a feature's value as people write it: shares in percent."""
    share = feature.endswith(" share") or feature.startswith("share of ")
    return f"{value:.1%}" if share else f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


def segment_traits(model: Model, *, count: int = 4) -> dict[str, tuple[Trait, ...]]:
    """Return by segment id the features that move its learned profile most.

    A feature's pull is |W (x_f - mean x_f)| over all members' profile dimensions: the part of User_Profile = W.X that
    the feature explains.
    """
    groups = model.groups
    weight = np.concatenate([np.asarray(net.profile) for net in model.ensemble.networks])
    customers = groups.customers / groups.customers.sum()
    mean = customers @ groups.features
    spread = float(np.sqrt((((groups.features - mean) @ weight.T) ** 2).sum(axis=1).mean())) or 1.0
    known = np.isfinite(groups.raw)
    average = (customers[:, None] * np.where(known, groups.raw, 0.0)).sum(axis=0) / np.maximum(
        (customers[:, None] * known).sum(axis=0), 1e-12
    )
    size = np.sqrt((weight**2).sum(axis=0))
    out = {}
    for number, name in enumerate(groups.ids):
        pull = np.abs(groups.features[number] - mean) * size / spread
        order = [int(index) for index in np.argsort(-np.round(pull, 6), kind="stable") if known[number, index]]
        out[name] = tuple(
            Trait(
                feature=model.scale.names[index],
                value=float(groups.raw[number, index]),
                average=float(average[index]),
                pull=float(pull[index]),
            )
            for index in order[:count]
        )
    return out


def segment_profile(model: Model, number: int) -> dict[str, float | str]:
    """Return a learned segment's profile in people's units, as it stands in a scenario: habits, then demographics."""
    names, raw = model.scale.names, model.groups.raw[number]
    shown = [index for index, name in enumerate(names) if name in HABITS or not name.startswith("share of ")]
    return {names[index]: float(raw[index]) for index in shown if np.isfinite(raw[index])}
