"""What was measured and is no lesson all the same: of which offers, to whom, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from planner.flight.measure.lesson_parts import lesson_of
from planner.flight.measure.measured import Effect, Source, in_words
from surrogate.flight.measure.taught import LEAST_SALES, taught


def no_lessons(
    effects: Sequence[Effect], whole: Callable[[Effect], bool], parts: Sequence[Effect] = ()
) -> Iterator[str]:
    """Say of which offers nothing is written to the lessons, though something was measured; where for some, of whom.

    Parameters
    ----------
    effects
        What was measured of single products and segments.
    whole
        Whether everybody who wanted an offer found a piece, as for `planner.flight.measure.lesson_parts`.
    parts
        What is a lesson.
    """
    pooled = [each for each in parts if each.source is Source.TOGETHER]
    if pooled:
        yield (
            f"lessons of {', '.join(dict.fromkeys(str(each.offer) for each in pooled))}: of several products, or "
            "segments, together where single ones sell too little to those who were kept out, less than "
            f"{LEAST_SALES:g} purchases expected, to teach anything alone"
        )
    told = {(each.offer, segment) for each in pooled for segment in (each.segment, *each.segments)}
    effects = [each for each in effects if (each.offer, each.segment) not in told]
    yield from _of_who_came_in_time(effects, whole)
    # What customers tell one by one and rows tell again is one experiment: either of them may be its lesson.
    lesson = {each.name for each in effects if lesson_of(each) is not None and whole(each)}
    open_ = [each for each in effects if each.offer is not None and each.name not in lesson]
    without = [each for each in open_ if lesson_of(each) is None]
    few = {each.name for each in without if taught(each.measured, each.planned) is None}
    wide = dict.fromkeys(each.name for each in without if each.name not in few)
    if wide:
        yield f"no lesson of {', '.join(wide)}: the lift or its error is beyond what a data file reads"
    none = dict.fromkeys(each.name for each in without if each.name in few)
    if none:
        yield (
            f"no lesson of {', '.join(none)}: too little is sold to those who were kept out, less than "
            f"{LEAST_SALES:g} purchases expected of them all, for a lift that can be weighed"
        )


def _of_who_came_in_time(effects: Sequence[Effect], whole: Callable[[Effect], bool]) -> Iterator[str]:
    """Say of which offers pieces ran out, so that the lift is no lift of whoever wanted one."""
    short = [each for each in effects if each.offer is not None and not whole(each)]
    taught_some = {each.offer for each in effects if each.offer is not None and whole(each)}
    names: dict[str, list[str]] = {}
    for each in short:
        alone = each.offer not in taught_some
        name = str(each.offer) if alone else in_words(each.offer, each.product, None)
        names.setdefault(name, []).extend([] if alone or each.segment is None else [each.segment])
    if names:
        of = [name + (f" to {' and '.join(dict.fromkeys(who))}" if who else "") for name, who in names.items()]
        yield (
            f"no lessons of {', '.join(of)}: not everybody who wanted one is known to have found a piece, so that "
            "the lifts above are those of whoever came in time and too late together"
        )
