"""Rules about where lines may lie (``eligible``, ``blackout``), as far as they say who may get an offer, and when.

An offer lies on everything that it applies to, in every period in which customers may have it. A rule closes it for a
segment where it leaves none of these places. Where it leaves some the offer may go out, and counts in full: that is
told. What is sent once cannot stop being valid: a rule that closes one of its days closes all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constraints.assign.goods import goods_of
from scenarios.arrays import Flag
from scenarios.first_few import first_few
from scenarios.language.schema import Offer, Product, Scenario
from scenarios.language.schemas.rule import Blackout, Eligible
from scenarios.language.scope import Scope
from scenarios.language.where import covered, holds
from scenarios.scope_mask import in_scope, in_scope_on_some

PlaceRule = Blackout | Eligible


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """What rules leave of the places of some offers."""

    closed: Flag
    """[S, C] where no place is left."""
    told: tuple[str, ...]
    """Where rules leave nothing for anybody, or some places only, in words."""


def place_rules(scenario: Scenario) -> tuple[PlaceRule, ...]:
    """Rules that say where lines may lie, whatever else a plan holds."""
    return tuple(rule for rule in scenario.rules if isinstance(rule, PlaceRule))


def names_segments(rule: PlaceRule, offers: Sequence[Offer], products: Sequence[Product]) -> bool:
    """Whether a rule tells segments apart for some of the offers, on any of the products."""
    apart = rule.where.segments is not None or (isinstance(rule, Eligible) and rule.only.segments is not None)
    return apart and any(in_scope_on_some(rule.where, offer, products) for offer in offers)


def open_places(
    scenario: Scenario,
    offers: Sequence[Offer],
    segments: Sequence[str],
    closed: Flag,
    held: Sequence[Sequence[int]],
) -> Places:
    """See what rules leave of where offers may lie.

    Parameters
    ----------
    segments
        [S] ids, or ``*`` alone where nothing tells customers apart.
    closed : [S, C]
        Where offers do not go anyway.
    held
        Periods in which customers may have each offer.
    """
    after, told = closed.copy(), []
    for column, offer in enumerate(offers):
        places = _OfferPlaces(scenario, offer, segments, held[column])
        begun = places.all & ~closed[:, column, None, None]
        shut = {rule.id: places.shut(rule) & begun for rule in place_rules(scenario)}
        left = begun & ~np.any([np.zeros_like(begun), *shut.values()], axis=0)
        after[:, column] = ~left.any(axis=(1, 2))
        if begun.any() and not left.any():
            rules = [name for name, some in shut.items() if some.any()]
            told.append(f"{', '.join(rules)}: {offer.id} goes to nobody")
        else:
            told += [
                f"{name}: {offer.id} {places.words(some, left)}" for name, some in shut.items() if _partly(some, left)
            ]
    return Places(closed=after, told=tuple(told))


def _partly(shut: Flag, left: Flag) -> bool:
    """Whether a rule closes places of a segment to which others are left."""
    return bool((shut.any(axis=(1, 2)) & left.any(axis=(1, 2))).any())


class _OfferPlaces:
    """Places of one offer, [S, G, T]: segments, what it lies on, periods in which it may go out."""

    def __init__(self, scenario: Scenario, offer: Offer, segments: Sequence[str], held: Sequence[int]) -> None:
        self._offer, self._segments, self._goods = offer, segments, goods_of(scenario, offer)
        self._length = scenario.horizon.period_days
        self._days = [scenario.horizon.date_of(period) for period in held]
        self.all: Flag = np.ones((len(segments), len(self._goods), len(self._days)), dtype=bool)

    def shut(self, rule: PlaceRule) -> Flag:
        """Places that a rule closes."""
        touched = self._of(rule.where, whole=False)
        shut = touched & ~self._of(rule.only, whole=True) if isinstance(rule, Eligible) else touched
        once = self._offer.valid is not None
        return np.broadcast_to(shut.any(axis=2, keepdims=True), shut.shape) if once else shut

    def words(self, shut: Flag, left: Flag) -> str:
        """Say where a rule closes the offer to segments that it goes to all the same."""
        served = left.any(axis=(1, 2))
        some = np.flatnonzero(shut.any(axis=(1, 2)) & served)
        shut = shut[some]
        names = [self._goods[place].id for place in np.flatnonzero(shut.any(axis=(0, 2)))]
        always = "" if shut.any(axis=(0, 1)).all() else " on some of these dates"
        who = "" if len(some) == served.sum() else f" to {', '.join(self._segments[int(place)] for place in some)}"
        where = f"{first_few(names)}{always}{who}"
        return f"is closed for {where}; who gets it is counted as if it were open there"

    def _of(self, scope: Scope, *, whole: bool) -> Flag:
        """Places that a scope touches, or that lie in it as a whole."""
        within = covered if whole else holds
        people = np.array([scope.segments is None or one in scope.segments for one in self._segments], dtype=bool)
        goods = np.array(
            [good.inside(scope) and in_scope(scope, self._offer, good.vendor) for good in self._goods], dtype=bool
        )
        periods = np.array([within(scope.periods, day, self._length) for day in self._days], dtype=bool)
        return np.asarray(people[:, None, None] & goods[:, None] & periods)
