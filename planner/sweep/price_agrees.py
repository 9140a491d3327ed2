"""Whether the estimated price of a varied limit agrees with what the rows of a sweep beside it earned."""

from __future__ import annotations

from planner.sweep.record import NO_PRICE, Point, Sweep

WITHIN = 2.0
"""Times that a price may be off what rows beside it measured: between two bounds far apart it falls on the way."""


def price_agrees(result: Sweep, point: Point) -> bool | None:
    """Whether a price above 0 is borne out where the limit holds plans back; None where there is no price.

    What each unit more adds falls as a limit is eased, if lines did not come whole. So a price is at least about what
    the next looser bound added for each unit, and at most about what the limit added since the next tighter one. Where
    plans leave some of a limit and no looser bound earned more, a price above 0 is not borne out.
    """
    limit = result.limit_at(point)
    if limit is None or limit.shadow_price is None:
        return None
    price, (tighter, looser) = limit.shadow_price, _beside(result, point)
    if price < NO_PRICE:
        return not result.holds_back(point)
    if not (limit.binding or result.holds_back(point)):
        return False
    if looser is not None and (looser <= 0 or price * WITHIN < looser):
        return False
    measured = [each for each in (tighter, looser) if each is not None]
    return tighter is None or price <= WITHIN * max(measured)


def _beside(result: Sweep, point: Point) -> tuple[float | None, float | None]:
    """What each unit that the limit gives way added from the next tighter bound, and adds to the next looser one."""
    numbers, at = result.axes[-1].numbers, result.points.index(point)
    found: dict[bool, float | None] = {False: None, True: None}
    for number, other in ((at, at - 1), (at + 1, at + 1)):
        if numbers is None or not (1 <= number < len(result.points)):
            continue
        rate = result.per_unit(number)
        values = result.axes[-1].values
        step = numbers[values.index(result.points[other].values[-1])] - numbers[values.index(point.values[-1])]
        if rate is not None:
            sign = -1 if result.floor else 1
            found[sign * step > 0] = sign * rate
    return found[False], found[True]
