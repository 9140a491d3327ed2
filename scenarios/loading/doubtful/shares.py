"""Limits on a share that are probably slips: the wrong way round, or 9 where 9% is meant."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from scenarios.language.schemas.limit import Limit
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.loading.doubtful.costs import plain
from scenarios.loading.load import LoadedScenario
from scenarios.scope_mask import narrows

_MONEY = (Measure.DISCOUNT, Measure.DISCOUNT_ON_BASE, Measure.CASH_COST, Measure.VENDOR_FUNDING, Measure.SPEND)
PARTS: dict[str, frozenset[str]] = {
    Measure.REVENUE: frozenset({*_MONEY, Measure.GROSS_SPEND, Measure.MAX_LIABILITY, Measure.MARGIN, Measure.PROFIT}),
    Measure.GROSS_SPEND: frozenset(_MONEY),
    Measure.DISCOUNT: frozenset({Measure.DISCOUNT_ON_BASE, Measure.VENDOR_FUNDING}),
    Measure.MAX_LIABILITY: frozenset({Measure.DISCOUNT, Measure.DISCOUNT_ON_BASE}),
    Measure.CONTACTS: frozenset({Measure.CUSTOMERS_REACHED, Measure.USES, Measure.GIFTS}),
    Measure.UNITS: frozenset({Measure.USES, Measure.GIFTS, Measure.ORDERS}),
    Measure.USES: frozenset({Measure.GIFTS}),
}
"""By the whole: measures that are hardly ever more than it, so that nobody bounds them at several times as much."""
PERCENT = 100
"""Largest percentage that a bound without its sign may stand for."""


def doubtful_shares(loaded: LoadedScenario) -> Iterator[str]:
    """Yield a sentence for each limit with ``share_of`` that is probably a slip."""
    written = loaded.data.get("limits") or ()
    for limit, record in zip(loaded.scenario.limits, written, strict=False):
        yield from _wrong_way_round(limit)
        key = "max" if limit.max is not None else "min"
        if not (isinstance(record, dict) and "%" in str(record.get(key, ""))):
            yield from _without_percent(limit, key)


def _without_percent(limit: Limit, key: str) -> Iterator[str]:
    """Bounds of several times the whole, of what is only a part of it; who writes the sign means what is written."""
    bound = limit.max if limit.max is not None else limit.min or Decimal(0)
    whole = limit.share_of.measure if limit.share_of is not None else ""
    if 1 < bound <= PERCENT and limit.measure in PARTS.get(whole, ()):
        yield (
            f"limit {limit.id}: a {key} of {plain(bound)} is {plain(100 * bound)}% of {whole}; a percentage is written "
            f"{plain(bound)}%"
        )


def _wrong_way_round(limit: Limit) -> Iterator[str]:
    """What is sold anyway as a share of what only lines use, which may be nothing."""
    share = limit.share_of
    if share is None or limit.max is None:
        return
    if _sold_anyway(limit.measure, limit.where) and not _sold_anyway(share.measure, share.where):
        span = "wherever" if limit.window or limit.each else "if"
        whole = f"{share.measure} in the where of share_of" if share.measure == limit.measure else share.measure
        yield (
            f"limit {limit.id}: without promotion there is {limit.measure} and no {whole}, so a plan breaks this "
            f"max {span} no line runs"
        )


def _sold_anyway(measure: str, scope: Scope) -> bool:
    return measure in {Measure.UNITS, Measure.ORDERS, Measure.REVENUE} and not narrows(scope)
