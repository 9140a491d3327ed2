"""The segments of the model: found anew at the end of the data, by what the second fit learned of customers."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.arrays import Float
from scenarios.language.schema import LearnSpec
from surrogate.digits import to_digits
from surrogate.effects.anonymous_level import anonymous_sales
from surrogate.effects.fit import Member
from surrogate.effects.group_levels import learned_groups
from surrogate.held_out.calibrate import Spreads
from surrogate.held_out.first_fit import FirstFit, segment
from surrogate.held_out.foresee import level_spread, strangers_spread
from surrogate.people.anonymous_sales import AnonymousSales, Missed
from surrogate.people.blur import blurred_means
from surrogate.people.learned_groups import LearnedGroups
from surrogate.people.own_segments import OwnSegments
from surrogate.people.segments import Segmentation


@dataclass(frozen=True, kw_only=True, eq=False)
class FinalSegments:
    """Who is in which segment, and what the model says of them. F features."""

    found: Segmentation
    groups: LearnedGroups
    anonymous: AnonymousSales | None
    """Sales without a customer; None where the data has none."""
    population: Float
    """[F] mean normalised features of all customers, blurred like those of the segments."""


def final_segments(
    first: FirstFit,
    members: tuple[Member, ...],
    spreads: Spreads,
    learn: LearnSpec,
    seed: int,
    *,
    own: OwnSegments | None,
    min_baskets: int | None,
    missed: Missed | None,
) -> FinalSegments:
    """Find the segments, and their levels with how unsure these are.

    Parameters
    ----------
    first
        Described at the end of the data (`FirstFit.described_at`).
    members
        Of the second fit.
    spreads
        Calibrated on the first fit's segments; a final one has the spread of the tested one of its rank.
    learn, seed, own, min_baskets
        As for the first fit.
    missed
        What its test missed of sales without a customer; None where it was not of them.

    Raises
    ------
    InvalidInput
        Where the retailer's own segments are too small or leave customers out.
    """
    seen, events = first.seen, first.events
    found = segment(members, seen, learn, seed, events=events, own=own, min_baskets=min_baskets)
    means = blurred_means(seen.scaled, seen.features.raw, seen.scale, found.label, len(found.ids), least=learn.min_size)
    spread = level_spread(spreads.base_cv, first.tested, found)
    groups = learned_groups(
        members,
        found,
        seen,
        first.rows,
        first.shelf,
        spread=spread,
        noise=spreads.noise,
        events=events,
        means=means,
        least=learn.min_size,
    )
    anonymous = anonymous_sales(
        members,
        seen,
        first.rows,
        first.shelf,
        events,
        spread=strangers_spread(spreads.base_cv, first.tested),
        noise=spreads.noise,
        least=learn.min_size,
        tested=missed,
    )
    return FinalSegments(found=found, groups=groups, anonymous=anonymous, population=to_digits(means.population))
