"""Of what each lesson is: of as little as tells a lift, because segments answer most unlike each other.

A product in a segment is a lesson of its own where each product of the segment is enough for one. Else the segment's
products are one together, and segments that are too thin even so are one with each other. Holdouts are not equally
large everywhere, so that what several segments say together is no average by what they buy: such a lesson tells what
each of them weighs. No purchase stands in two lessons.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from planner.flight.measure.measured import Effect
from planner.flight.measure.measured_together import Pool
from scenarios.tables.effect_rows import HIGHEST_LIFT
from surrogate.data.lift_tests import LOWEST_MEASURED
from surrogate.flight.measure.effects_measured import LEAST_LIFT
from surrogate.flight.measure.taught import Taught, taught


def lesson_of(effect: Effect) -> Taught | None:
    """What a measured lift teaches, where a data file reads it; None where it teaches nothing.

    Nobody buys less than nothing: a lift that chance made less than the loss of everything is written as that.
    """
    found = taught(effect.measured, effect.planned)
    if found is None or not (LOWEST_MEASURED <= found.lift <= HIGHEST_LIFT):
        return None
    found = found._replace(lift=max(found.lift, LEAST_LIFT))
    return found if math.isfinite(found.standard_error) and 0 < found.standard_error < HIGHEST_LIFT else None


def lesson_parts(
    effects: Sequence[Effect], pools: Mapping[str, Pool], whole: Callable[[Effect], bool]
) -> tuple[Effect, ...]:
    """Return the effects that are lessons, of one offer each.

    Of several measurements of one offer, product and segment the first is the lesson: the same customers, told one by
    one and as sums of a holdout, are one experiment, which training must not count twice.

    Parameters
    ----------
    effects
        What was measured of single products and segments.
    pools
        What rows of the holdout tell, by offer.
    whole
        Whether everybody who wanted the offer found a piece: what pieces leave of a lift is not the lift.
    """
    found: list[Effect] = []
    for offer in dict.fromkeys((*pools, *(each.offer for each in effects if each.offer is not None))):
        own = [each for each in effects if each.offer == offer]
        pool = pools.get(offer)
        if pool is None or pool.orders:
            found += _each_once(own)
            continue
        compared, thin = pool.products_by_segment, list[str]()
        for segment in dict.fromkeys((*(each.segment for each in own), *compared)):
            parts = list(_each_once([each for each in own if each.segment == segment]))
            if segment is None or segment not in compared or _covers(parts, compared[segment]):
                found += parts
                continue
            together = pool.together((segment,))
            if together is None or lesson_of(together) is None:
                thin.append(segment)
            else:
                found += [together] if whole(together) else parts
        rest = pool.together(thin) if thin else None
        if rest is not None and lesson_of(rest) is not None and whole(rest):
            found.append(rest)
        else:
            found += _each_once([each for each in own if each.segment in thin])
    return tuple(each for each in found if whole(each))


def _each_once(effects: Sequence[Effect]) -> Iterator[Effect]:
    """Yield what teaches something: the first of each product and segment; of a segment told as a whole only that."""
    telling = [each for each in effects if lesson_of(each) is not None]
    whole_segments = {each.segment for each in telling if each.product is None}
    known = set()
    for each in telling:
        what = each.product, each.segment
        if what not in known and (each.product is None or each.segment not in whole_segments):
            known.add(what)
            yield each


def _covers(parts: Sequence[Effect], products: Sequence[str]) -> bool:
    """Whether lessons of a segment are of all that was compared in it."""
    of = {each.product for each in parts}
    return None in of or of >= set(products)
