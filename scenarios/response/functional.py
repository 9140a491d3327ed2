"""Functionals: weights that turn what a plan sells into one sum, and their weighted sums.

`combine` adds functionals of one scope into one; `mix` adds functionals of any scopes, into one where they go together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from scenarios.arrays import Float


@dataclass(frozen=True, kw_only=True, eq=False)
class Functional:
    """Weights of one sum. Letters as in `scenarios.grid`; J message scopes are rows of `contact_*`.

    Of customers reached there are G groups, none where they weigh nothing.
    """

    segments: Float
    """[S] 1 inside the scope."""
    periods: Float
    """[T] 1 inside the scope."""
    cell: Float
    """[K] per unit sold."""
    public: Float
    """[K, P] per unit under the public line."""
    targeted: Float
    """[K, P, Q] per unit under the targeted line."""
    both: Float
    """[K, P, Q] per unit under both lines."""
    public_base: Float
    """[K, P] per base unit under the public line."""
    targeted_base: Float
    """[K, P, Q] per base unit under the targeted line."""
    public_line: Float
    """[K, P] per public line; split over segments by customers."""
    targeted_line: Float
    """[K, Q] per targeted line."""
    order: float
    """Per order."""
    basket_public: Float
    """[V] per order under the public basket line."""
    basket_targeted: Float
    """[U] per order under the targeted basket line."""
    basket_public_base: Float
    """[V] per base order under the public basket line."""
    basket_targeted_base: Float
    """[U] per base order under the targeted basket line."""
    basket_public_line: Float
    """[V] per line."""
    basket_targeted_line: Float
    """[U] per line."""
    targeted_issued: Float
    """[K, Q] per targeted line and customer of its segment who can redeem what he holds (`issued.redeemers`)."""
    basket_issued: Float
    """[U] per targeted basket line and customer of its segment who can redeem it."""
    contact_targeted: Float
    """[J, K, Q] coverage of lines that send a message in scope j."""
    contact_basket: Float
    """[J, U]"""
    contact_reach: Float
    """[J, S] share of each segment that messages of scope j can reach; [J, 1] where all channels reach everybody."""
    message: Float
    """[J] per message."""
    reached_targeted: Float
    """[G, K, Q] coverage of lines that reach customers of group g (`scenarios.response.reachable.shells`)."""
    reached_basket: Float
    """[G, U]"""
    reached_share: Float
    """[G, S] share of each segment that is in group g; [G, 1] where one group is everybody."""
    reached: float
    """Per customer reached at least once."""
    charges: Float
    """[K] per unit of money charged beyond the horizon (pull-forward, fatigue left over, baskets bought ahead)."""


def combine(parts: list[tuple[float, Functional]]) -> Functional:
    """Weighted sum of functionals of one scope (same segments and periods).

    Raises
    ------
    ValueError
        For functionals of different scopes.
    """
    first = parts[0][1]
    for _, part in parts[1:]:
        same = np.array_equal(part.segments, first.segments) and np.array_equal(part.periods, first.periods)
        if not same:
            raise ValueError("only functionals of one scope can be added")
    merged: dict[str, object] = {}
    reached = ("reached_targeted", "reached_basket", "reached_share")
    joined = ("contact_targeted", "contact_basket", "contact_reach", *reached)
    for field in fields(Functional):
        values = [getattr(part, field.name) for _, part in parts]
        if field.name in ("segments", "periods"):
            merged[field.name] = values[0]
        elif field.name in joined:
            merged[field.name] = np.concatenate(values)
        elif field.name == "message":
            merged[field.name] = np.concatenate([weight * part.message for weight, part in parts])
        else:
            merged[field.name] = sum(weight * value for (weight, _), value in zip(parts, values, strict=True))
    return Functional(**merged)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True, eq=False)
class Mixed:
    """A weighted sum of functionals whose scopes differ, so that no single set of weights holds it."""

    parts: tuple[tuple[float, Functional], ...]
    """Weight and functional."""


def mix(parts: Sequence[tuple[float, Functional]]) -> Functional | Mixed:
    """Weighted sum of functionals of any scopes; one functional where all are of one scope."""
    groups: list[list[tuple[float, Functional]]] = []
    for part in parts:
        home = next((group for group in groups if _go_together(group, part[1])), None)
        if home is None:
            groups.append([part])
        else:
            home.append(part)
    if len(groups) == 1:
        return groups[0][0][1] if parts[0][0] == 1.0 and len(parts) == 1 else combine(groups[0])
    return Mixed(parts=tuple((1.0, combine(group)) for group in groups))


def _go_together(group: list[tuple[float, Functional]], other: Functional) -> bool:
    """Whether `combine` can add a functional to a group: one scope, and customers reached in one of them at most."""
    first = group[0][1]
    return (
        np.array_equal(first.segments, other.segments)
        and np.array_equal(first.periods, other.periods)
        and not (other.reached and any(part.reached for _, part in group))
    )


def parts_of(functional: Functional | Mixed) -> tuple[tuple[float, Functional], ...]:
    """Weights and functionals of a sum; the functional itself where it is one."""
    return functional.parts if isinstance(functional, Mixed) else ((1.0, functional),)
