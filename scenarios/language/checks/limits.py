"""Checks of limits: the measure exists, has a meaning over its scope, and is bounded by a number that can be meant."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from scenarios.language.checks.facts import Facts
from scenarios.language.data_paths import value_at
from scenarios.language.schemas.limit import Limit
from scenarios.language.scope import Scope
from scenarios.language.slips.elsewhere import word_here
from scenarios.language.words import BASKET, RATIOS, Layer, Measure, Mechanic
from scenarios.problems import Path, Problem, did_you_mean, or_else, shown

_WHOLE_BUSINESS = frozenset({Measure.PROFIT, Measure.MARGIN}) | RATIOS
"""Measures whose part under one offer has no agreed meaning."""
_MAY_BE_NEGATIVE = _WHOLE_BUSINESS | {Measure.SPEND, Measure.REVENUE}
_LARGEST_ROI = 1000


def limit_measures(facts: Facts) -> Iterator[Problem]:
    """Limits bound a measure that exists, over a scope for which it has a meaning, by a number that can be meant."""
    for path, limit in facts.members("limits", facts.scenario.limits):
        known = [*known_measure(facts, (*path, "measure"), limit.measure)]
        yield from known
        if limit.share_of is not None:
            yield from _share(facts, path, limit)
        if not known:
            yield from _bound(facts, path, limit)
            yield from _meaning(facts, path, limit.measure, limit.where)


def known_measure(facts: Facts, path: Path, word: str) -> Iterator[Problem]:
    """Check that a word is a measure, or a column of the effect table."""
    if word not in set(Measure) and facts.custom is not None and word not in facts.custom:
        known = frozenset(set(Measure) | facts.custom)
        remedy = or_else(word_here(word, known), did_you_mean(word, known, most=len(known)))
        yield facts.problem(path, "a measure of the scenario", shown(word), remedy)


def _share(facts: Facts, path: Path, limit: Limit) -> Iterator[Problem]:
    """What a limit is a share of is a measure that adds up, is not below zero, and is not the limit's own."""
    share, at = limit.share_of, (*path, "share_of")
    if share is None:
        return
    if share.measure in _WHOLE_BUSINESS:
        expected = "a measure that adds up and cannot fall below zero, such as spend or revenue"
        yield facts.problem((*at, "measure"), expected, remedy="a share of what may be negative says nothing")
        return
    if share.measure == Measure.SPEND and any(offer.may_earn for offer in facts.scenario.offers):
        expected = "a measure that cannot fall below zero, as spend may where a vendor pays for each unit or line"
        yield facts.problem((*at, "measure"), expected, remedy="write gross_spend")
        return
    unknown = [*known_measure(facts, (*at, "measure"), share.measure)]
    yield from unknown
    if not unknown:
        yield from _meaning(facts, at, share.measure, share.where)
        if share.measure == limit.measure and share.where == limit.where:
            expected = f"another measure than {limit.measure}, or another where"
            got = "the limit's own, of which it is always 100%"
            yield facts.problem(at, expected, got, "change one of them, or delete share_of")


def _bound(facts: Facts, path: Path, limit: Limit) -> Iterator[Problem]:
    """Check that the number can be meant: a share for ratios, an amount for all others."""
    key = "max" if limit.max is not None else "min"
    at, bound = (*path, key), limit.max if limit.max is not None else limit.min or Decimal(0)
    written = value_at(facts.data, at)
    percent = isinstance(written, str) and written.strip().endswith("%")
    remedy = f"write {bound}% if that is meant" if 1 < bound <= 100 and not percent else ""
    if limit.share_of is not None:
        if bound < 0:
            yield facts.problem(at, f"a share of {limit.share_of.measure} of at least 0%")
        elif bound > 1 and limit.share_of.measure == limit.measure:
            yield facts.problem(at, f"a share of {limit.measure} between 0% and 100%", remedy=remedy)
    elif limit.measure == Measure.MARGIN_RATE:
        if not (0 <= bound <= 1):
            yield facts.problem(at, "a margin rate between 0% and 100%", remedy=remedy)
    elif limit.measure == Measure.ROI:
        if not (-1 <= bound <= _LARGEST_ROI):
            expected = f"profit gained per unit of gross spend, such as 1.5, from -1 to {_LARGEST_ROI}"
            yield facts.problem(at, expected)
    elif percent and (limit.measure in set(Measure) or facts.custom is not None):
        yield facts.problem(at, f"an amount of {limit.measure}, no share", remedy="write the amount, or add share_of")
    elif bound < 0 and limit.measure in set(Measure) - _MAY_BE_NEGATIVE:
        yield facts.problem(at, f"an amount of {limit.measure} of at least 0")


def _meaning(facts: Facts, path: Path, word: str, where: Scope) -> Iterator[Problem]:
    """Check that a measure has a meaning over its scope, and that something could count for it."""
    if word in _WHOLE_BUSINESS:
        for key in ("offers", "mechanics", "channels", "layer", "vendor"):
            if getattr(where, key) is not None:
                expected = f"no {key} in the scope of {word}, which belongs to products, not to offers"
                remedy = f"delete {key}, or limit spend or discount instead"
                yield facts.problem((*path, "where", key), expected, remedy=remedy)
    if word == Measure.ORDERS:
        for key in ("products", "categories"):
            named = getattr(where, key)
            if named is not None and BASKET not in named:
                expected = f"no {key} in the scope of orders, which are counted by whole baskets"
                yield facts.problem((*path, "where", key), expected, remedy=f"delete {key}, or limit units instead")
    if word == Measure.LINES and where.segments is not None and where.layer is not Layer.TARGETED:
        expected = "no segments in the scope of lines, because public lines are for everybody"
        remedy = "write layer: targeted beside them to count the lines of their own, or delete segments"
        yield facts.problem((*path, "where", "segments"), expected, remedy=remedy)
    unnamed = facts.scenario.baskets is None and "baskets" not in facts.broken
    if word == Measure.ORDERS and unnamed and facts.scenario.effects.table is not None:
        expected, remedy = "baskets, where orders are counted", "add baskets: {table: FILE}"
        yield facts.problem((*path, "measure"), expected, "none", remedy)
    gives = any(offer.mechanic is Mechanic.GIFT for offer in facts.scenario.offers)
    if word == Measure.GIFTS and facts.whole("offers") and not gives:
        expected = "an offer of a gift, where gifts are limited"
        yield facts.problem((*path, "measure"), expected, "none", "delete the limit")


def limit_spans(facts: Facts) -> Iterator[Problem]:
    """Windows are whole periods, and a lower bound can hold in them."""
    horizon = facts.scenario.horizon
    if "horizon" in facts.broken:
        return
    step, days = horizon.period_days, horizon.period_days * horizon.periods
    for path, limit in facts.members("limits", facts.scenario.limits):
        if limit.window is None:
            continue
        at, length = (*path, "window"), limit.window
        if length.days % step:
            below, above = length.days // step * step, -(-length.days // step) * step
            remedy = f"write {f'{below} or ' if below else ''}{above} days"
            yield facts.problem(at, "a window of whole weeks, because the periods are weeks", length.words, remedy)
        elif limit.min is not None and length.days > days:
            expected = f"a window within the horizon of {days} {'day' if days == 1 else 'days'}, where a min must hold"
            yield facts.problem(at, expected, length.words, "shorten it, or delete window")


CHECKS = (limit_measures, limit_spans)
"""Every check of limits."""
