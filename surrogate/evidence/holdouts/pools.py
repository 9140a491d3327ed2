"""Lift tests of a holdout, each of as little as tells a lift: an offer on a product, else several pooled.

Segments answer most unlike each other, products of one offer and offers of one depth most alike. So what cannot be told
segment by segment of one product is pooled over the products of the offer, then over offers that differ in their depth
alone, and over those of similar depth; what no pool tells by segment is told of all segments together, of as little as
does. Every purchase of a comparison stands in one test only.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from scenarios.arrays import Float
from scenarios.first_few import first_few
from scenarios.language.schemas.offer import Offer
from scenarios.language.words import Mechanic
from surrogate.data.lift_tests import LiftTest
from surrogate.digits import to_digits
from surrogate.evidence.by_chance import ChanceTest, with_shared_luck
from surrogate.evidence.holdouts.lift import (
    Comparison,
    MeasuredLift,
    apart_before,
    believed_lift,
    compared_units,
    mean_sendings,
    measured_lift,
    strata_apart,
)
from surrogate.evidence.holdouts.one_step_lift import Believed

Lift = tuple[tuple[str, ...], MeasuredLift]
"""Segments (none: all together) and their lift."""
Part = tuple[str, str]
"""An offer and a product (blank: all)."""
Parts = Mapping[Part, Sequence[Comparison]]
Key = Callable[[Part], Hashable]

MOST = 0.8
"""Share of those sent an offer who must be in segments that can be measured by themselves; else all are together."""
ROUGHLY = 2.5
"""Standard errors that the baseline of a segment must be expected to amount to where no pool tells it more surely."""
BEYOND_CHANCE = 3.3
"""Standard errors that groups may differ by beforehand: more is once in a thousand."""
SIMILAR = 0.05
"""Depths of one pool are no further apart: what they bring differs less than chance in any pool."""
NOT_DRAWN = (
    "those who were sent it had spent more or less before than those left out, and these do not look drawn by chance; "
    "list only customers who would have been sent it, run by run"
)
TOO_SMALL = (
    "too few customers of both groups bought before it, and groups below {least} are not looked at (min_segment_size)"
)
TOO_FEW = "too few of those left out bought enough to tell a lift from"
LEAST_SHARE = 1e-4
"""Of a product or segment in a pool, where next to nothing was compared of it."""
_PLAIN = frozenset({"id", "name", "mechanic", "layer", "depth", "coverage", "channel"})


@dataclass(kw_only=True, eq=False)
class Pools:
    """What a holdout measured."""

    tests: list[ChanceTest] = field(default_factory=list)
    pooled: list[LiftTest] = field(default_factory=list)
    """Those of several products or offers, and ..."""
    pooled_parts: list[Part] = field(default_factory=list)
    """... what they are of."""
    used: list[Part] = field(default_factory=list)
    """What all tests are of."""
    lucks: list[Float] = field(default_factory=list)
    """Of the tests: what each customer adds to its error."""
    unused: dict[str, list[str]] = field(default_factory=dict)
    """By reason: which offers on which products no test is of."""

    def leave(self, why: str, told: Sequence[str]) -> None:
        """Note why no test is of some parts."""
        self.unused.setdefault(why, []).extend(told)

    def take(self, tests: Sequence[ChanceTest], lifts: Sequence[Lift], parts: Sequence[Part]) -> None:
        """Add tests of some parts."""
        self.tests.extend(tests)
        self.lucks.extend(found.step.luck for _, found in lifts)
        self.used.extend(parts)
        if len(parts) > 1:
            self.pooled.extend(tests)
            self.pooled_parts.extend(parts)


def pools(parts: Parts, past: Mapping[str, Offer], segments: Sequence[str], least: int) -> Pools:
    """Return the lift tests of a holdout.

    Parameters
    ----------
    parts
        Comparisons of each offer on each product.
    past
        The offers, by id.
    segments
        Names of the strata.
    least
        Fewest customers of a group that is looked at.
    """
    found, left = Pools(), dict[Part, Sequence[Comparison]]()
    for part, runs in sorted(parts.items()):
        if by := _not_by_chance(runs):
            found.leave(NOT_DRAWN, [f"{_told(part)} ({by})"])
        else:
            left[part] = runs
    similar, alike = _similar(past), _alike(left)
    keys: tuple[Key, ...] = (
        lambda part: part,
        lambda part: part[0],
        lambda part: (similar[part[0]][0], past[part[0]].depth),
        lambda part: similar[part[0]],
    )
    for by_segment in (True, False):
        for key in keys:
            groups: dict[Hashable, list[Part]] = {}
            for part in left:
                groups.setdefault(key(part), []).append(part)
            for group in groups.values():
                runs = [run for part in group for run in left[part]]
                if _too_small(runs, least):
                    continue
                if by := _not_by_chance(runs):
                    found.leave(NOT_DRAWN, [f"{_told(part)} ({by}, with others)" for part in group])
                elif lifts := (_by_segment if by_segment else _as_far_as_alike)(
                    runs, segments, least, alike[group[0][0]]
                ):
                    found.take([_test(group, runs, past, lift, segments) for lift in lifts], lifts, group)
                else:
                    continue
                for part in group:
                    del left[part]
    for part in left:
        why = TOO_SMALL.format(least=least) if _too_small(left[part], least) else TOO_FEW
        found.leave(why, [f"{_told(part)}{_cut(left[part], ' (', ')')}"])
    found.tests = with_shared_luck(found.tests, found.lucks)
    return found


def _not_by_chance(runs: Sequence[Comparison]) -> str:
    """Return by how much groups differed beforehand that cannot be what chance made them; blank where they can be."""
    share, errors = apart_before(runs)
    if abs(errors) <= BEYOND_CHANCE:
        return ""
    return f"{abs(share):.1%} {'more' if share > 0 else 'less'}, {abs(errors):.1f} standard errors"


def _too_small(runs: Sequence[Comparison], least: int) -> bool:
    groups = [np.unique(np.concatenate([run.customer[run.sent == side] for run in runs])) for side in (True, False)]
    return min(group.size for group in groups) < least


def _by_segment(runs: Sequence[Comparison], segments: Sequence[str], least: int, alike: Believed) -> list[Lift]:
    """Return the lifts of segments that can be measured alone; none where these are not most of all."""
    found: list[Lift] = []
    counts = np.bincount(np.concatenate([run.stratum[run.sent] for run in runs]), minlength=len(segments) + 1)
    inside = 0
    for number, name in enumerate(segments):
        lift = measured_lift(runs, (number,), alike)
        if lift is not None and min(lift.sent, lift.held) >= least:
            found.append(((name,), lift))
            inside += int(counts[number])
    return found if inside >= MOST * counts.sum() else []


def _alike(parts: Parts) -> dict[str, Believed]:
    """Return what is believed of each offer's lifts by all its runs, drawn to those of all offers."""
    of_offer = dict[str, list[Comparison]]()
    for (offer, _), runs in parts.items():
        of_offer.setdefault(offer, []).extend(runs)
    everything = believed_lift([run for runs in of_offer.values() for run in runs])
    return {offer: believed_lift(runs, everything) for offer, runs in of_offer.items()}


def _as_far_as_alike(runs: Sequence[Comparison], segments: Sequence[str], least: int, alike: Believed) -> list[Lift]:
    """Return the lift of each segment that tells one, if only roughly, and of the others together.

    Segments may answer most unlike each other, and one of them may have bought most of what is compared: what it
    says must not stand for the others. Drawing thin ones to the others is up to who takes the tests in
    (`surrogate.evidence.lift_update`), which knows what was learned of each.
    """
    apart = strata_apart(runs, range(len(segments)), alike)
    alike = replace(alike, spread=max(alike.spread, apart))
    alone, others = list[Lift](), list[int]()
    for number, name in enumerate(segments):
        lift = measured_lift(runs, (number,), alike, ROUGHLY)
        if lift is not None and min(lift.sent, lift.held) >= least:
            alone.append(((name,), lift))
        else:
            others.append(number)
    whole = measured_lift(runs, others if alone else None, alike)
    if whole is None or min(whole.sent, whole.held) < least:
        return alone
    bought = np.zeros(len(segments) + 1)
    for run in runs:
        np.add.at(bought, run.stratum, run.units)
    share = bought[others] / max(float(bought[others].sum()), 1e-9)
    error = float(np.hypot(whole.standard_error, apart * np.sqrt(share @ share)))
    whole = replace(whole, standard_error=error)  # as of what any of them may answer, whichever bought most here
    return [*alone, (tuple(segments[number] for number in others) if alone else (), whole)]


def _similar(past: Mapping[str, Offer]) -> dict[str, tuple[Hashable, ...]]:
    """Return what offers must share to be pooled: coupons a depth that is nearly the same, others can with none."""
    depths = sorted({offer.depth for offer in past.values() if _plain(offer) and offer.depth is not None})
    first = dict[float, float]()
    for depth in depths:
        near = [start for start in first.values() if depth - start <= SIMILAR + 1e-9]
        first[depth] = near[0] if near else depth
    return {
        name: (Mechanic.COUPON, first[offer.depth]) if _plain(offer) and offer.depth is not None else (name,)
        for name, offer in past.items()
    }


def _plain(offer: Offer) -> bool:
    """Return whether an offer is a coupon of a depth and nothing else, as a lift test may name it without its id."""
    return offer.mechanic is Mechanic.COUPON and offer.model_fields_set <= _PLAIN


def _test(
    group: Sequence[Part],
    runs: Sequence[Comparison],
    past: Mapping[str, Offer],
    of: Lift,
    segments: Sequence[str],
) -> ChanceTest:
    who, found = of
    lift, error = to_digits(np.array([found.lift, found.standard_error]), 4).tolist()
    offers, products = sorted({offer for offer, _ in group}), sorted({product for _, product in group})
    count = "one run" if found.runs == 1 else f"{found.runs:,} runs"
    what: dict[str, object] = {"offer": offers[0]}
    if len(offers) > 1:
        count += f" of {first_few(offers)}"
        what = {"mechanic": Mechanic.COUPON, "depth": _depth(runs, past)}
    strata = [segments.index(name) for name in who] if who else None
    units = compared_units(runs, strata, found.lift)
    if "" not in products:
        what |= _named("product", products, [(product or "", own) for (product, _), own in units.items()])
    if who:
        what |= _named("segment", who, [(segments[stratum], own) for (_, stratum), own in units.items()])
    taken = to_digits(np.array([found.step.ratio, found.step.held, found.step.growth]), 4).tolist()
    return ChanceTest.model_validate(
        {
            **what,
            "name": f"holdout of {count}: {found.held:,} customers left out, {found.sent:,} sent it{_cut(runs, '; ')}",
            "lift": lift,
            "standard_error": error,
            **dict(zip(("ratio", "held", "growth"), taken, strict=True)),
            **mean_sendings(runs, strata, found.lift),
        }
    )


def _named(what: str, names: Sequence[str], units: Sequence[tuple[str, float]]) -> dict[str, object]:
    """Return how a test names one product (segment), or several with the share of each in what was compared."""
    if len(names) == 1:
        return {what: names[0]}
    sums = np.array([sum(own for one, own in units if one == name) for name in names])
    shares = np.maximum(sums / max(float(sums.sum()), 1e-9), LEAST_SHARE)
    return {f"{what}s": tuple(names), f"{what}_weights": tuple(to_digits(shares / shares.sum(), 4).tolist())}


def _depth(runs: Sequence[Comparison], past: Mapping[str, Offer]) -> float:
    """Return the mean depth, weighed by what those left out bought of the goods on offer."""
    weight = np.array([max(float(run.offered[~run.sent].sum()), 1e-9) for run in runs])
    depths = np.array([past[run.offer].depth or 0.0 for run in runs])
    return float(to_digits(np.array([weight @ depths / weight.sum()]), 3)[0])


def _cut(runs: Sequence[Comparison], before: str, after: str = "") -> str:
    """Say, between two marks, which days are not compared because the shelf price was cut; blank where all are."""
    out, left = sum(run.days_cut for run in runs), sum(run.days for run in runs)
    if not out:
        return ""
    return f"{before}{out} of {out + left} days left out, the shelf price was cut on them{after}"


def _told(part: Part) -> str:
    offer, product = part
    return f"{offer} on {product}" if product else offer
