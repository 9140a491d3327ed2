"""Fine groups of customers with alike features, which members of the ensemble are fitted on.

Because the profile layer is linear, a group's profile is the mean of its customers' profiles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from scenarios.arrays import Float, Int
from surrogate.data.canonical import marks_of
from surrogate.digits import to_digits
from surrogate.people.profiles import Features
from surrogate.people.segments import k_means


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouped:
    """Fine groups of customers. G groups, F features, N customers."""

    label: Int
    """[N]"""
    features: Float
    """[G, F] mean features."""
    customers: Float
    """[G]"""

    @property
    def count(self) -> int:
        """Number of groups."""
        return len(self.customers)

    def owner(self, features: Features) -> dict[int, int]:
        """Return the group by customer."""
        return {int(customer): int(label) for customer, label in zip(features.customers, self.label, strict=True)}


def group_customers(scaled: Float, groups: int, seed: int) -> Grouped:
    """Cluster customers by their normalised features [N, F] into fine groups, whatever the order of the customers."""
    count = min(groups, len(scaled))
    points = np.round(scaled, 6)
    order = np.argsort(marks_of(points.T, len(points)), kind="stable")
    points = points[order]
    kind = k_means()
    with threadpool_limits(limits=1):
        # The sorted table is a copy already; another one of a large table would be the peak of memory.
        fitted = kind(count, n_init=2, random_state=seed % 2**31, copy_x=False).fit(points)
    label = np.empty(len(points), dtype=np.int64)
    label[order] = fitted.labels_
    return Grouped(
        label=label,
        features=to_digits(np.stack([scaled[label == number].mean(axis=0) for number in range(count)])),
        customers=np.bincount(label, minlength=count).astype(float),
    )
