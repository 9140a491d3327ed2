"""valid: lines of an offer that is sent once stand on all open days of a validity, or on none.

Example: ``valid: {days: 7, sent: monday}`` on an offer. Whoever gets it on Monday may use it until Sunday: for each
product and segment a validity has a line on each of its open days, all at one level of coverage and quantity, or no
line at all. The end of the horizon cuts the last validity short. One that was sent before the horizon goes on where the
history has its sending, and holds no line where it has not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.rules.forms import CompiledRule, Entries, Form, Masks, Patterns
from constraints.rules.groups import RuleContext, block_places
from constraints.rules.lines import Key, RuleLine, Violation, key_text, keys_of, line_text
from constraints.rules.series import count_periods
from scenarios.arrays import Flag
from scenarios.first_few import first_few
from scenarios.grid import Grid
from scenarios.language.implied_ids import VALID
from scenarios.language.schema import Offer
from scenarios.language.schemas.axes import Axis
from scenarios.language.scope import Scope
from scenarios.language.where import holds, offered, valid_periods

_PER: tuple[Axis, ...] = ("segment", "product")
Level = tuple[float, float]
"""Coverage and quantity."""


@dataclass(frozen=True, kw_only=True)
class OfferValidity:
    """An offer's own ``valid``; id ``valid:<offer>``."""

    id: str
    where: Scope
    """The offer, and the days from which the rule counts where what has run excuses it before."""
    rule: str = "valid"


def offer_validity(offer: Offer) -> OfferValidity | None:
    """Read an offer's own ``valid``; None without one."""
    return None if offer.valid is None else OfferValidity(id=f"{VALID}{offer.id}", where=Scope(offers=(offer.id,)))


def _offer(rule: OfferValidity, grid: Grid) -> Offer:
    return grid.offer((rule.where.offers or ("",))[0])


def _validities(rule: OfferValidity, grid: Grid) -> dict[int, list[int]]:
    """Open periods of the horizon by the period of their sending, which is below 0 for one before the horizon.

    Where the rule counts from a later day on, a validity that began before has its sending and what is left of it.
    """
    offer, horizon = _offer(rule, grid), grid.scenario.horizon
    found: dict[int, list[int]] = {}
    if offer.valid is None:
        return found
    usable = valid_periods(offer, horizon) & np.array(horizon.opened(), dtype=bool)
    for period in np.flatnonzero(usable).tolist():
        sending = offer.valid.sending_of(horizon, period)
        counts = holds(rule.where.periods, horizon.date_of(period), horizon.period_days)
        if sending is not None and (counts or period == sending):
            found.setdefault(sending, []).append(period)
    return {sending: periods for sending, periods in found.items() if sending < 0 or periods[1:]}


def violations(rule: OfferValidity, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Find validities with lines on some of their days, or at several levels."""
    placed: dict[Key, dict[int, RuleLine]] = {}
    for line in lines:
        if line.offer is not None and line.offer.id == _offer(rule, grid).id:
            for key in keys_of(line, Scope(), _PER, grid):
                placed.setdefault(key, {})[line.period] = line
    found: list[Violation] = []
    where = offered(_offer(rule, grid), grid.segments, grid.products, grid.scenario.horizon)
    applies = np.append(where.products, True)  # and on the basket
    for key, by_period in placed.items():
        if not (where.segments[key[0]] and applies[key[1]]):
            continue  # Not one of its places today, whatever history had there.
        for sending, periods in _validities(rule, grid).items():
            message = _broken(grid, sending, periods, by_period)
            if message:
                here = tuple(by_period[period].line for period in periods if period in by_period)
                text = f"{key_text(key, _PER, grid)}: {message}"
                found.append(Violation(rule_id=rule.id, kind=rule.rule, message=text, lines=here))
    return found


def _broken(grid: Grid, sending: int, periods: list[int], by_period: dict[int, RuleLine]) -> str:
    """Say what is wrong with one validity in one place; blank where nothing is."""
    date_of = grid.scenario.horizon.date_of
    held = [by_period[period] for period in periods if period in by_period]
    first = by_period.get(sending)
    whole = f"the validity from {date_of(sending)} to {date_of(periods[-1])}"
    if sending < 0 and first is None:
        return f"{line_text(held[0].line)} in {whole}, which history does not send; drop it" if held else ""
    missing = [str(date_of(period)) for period in periods if period not in by_period]
    if missing and (held or sending < 0):
        some = f"lines in {len(held)} of {count_periods(grid, len(periods))}"
        drop = "" if sending < 0 else f", or drop {line_text(held[0].line)}{' and the others' if held[1:] else ''}"
        return f"{some} of {whole}, none on {first_few(missing)}; what is sent stays valid: add them{drop}"
    level = {(line.line.coverage, line.line.quantity) for line in (*held, *([first] if first is not None else []))}
    if len(level) > 1:
        return f"several levels in {whole}, all of which was sent at once; give all its lines one level"
    return ""


def compile_rule(rule: OfferValidity, context: RuleContext) -> CompiledRule:
    """One word per place, level and validity, one column per period: all quiet or all active."""
    grid = context.grid
    validities = _validities(rule, grid)
    words = _Words(max((len(periods) for periods in validities.values()), default=1))
    closed = np.zeros((grid.slots, grid.width), dtype=bool)
    for block in (1, 3):
        levels = _levels(grid, block, grid.offer_index[_offer(rule, grid).id])
        series = block_places(grid, block)[0].reshape(-1, grid.shape[2]) if levels else ()
        for slots in series:  # of one segment and product, by period
            for sending, periods in validities.items():
                sent = _level_sent(rule, context, int(slots[0]), sending) if sending < 0 else None
                for level, choices in levels.items():
                    here = [int(slot) for slot in slots[periods] if grid.allowed_flat[slot, choices].any()]
                    if sending < 0 and sent != level:
                        closed[np.ix_(here, choices)] = True
                    elif here:
                        words.add(here, choices, must=sending < 0)
    forms: list[Form] = [words.form(grid.width)] if words.columns else []
    if closed.any():
        forms.append(Masks(forbidden=closed))
    return CompiledRule(id=rule.id, kind="valid", forms=tuple(forms))


def _levels(grid: Grid, block: int, offer: int) -> dict[Level, list[int]]:
    """Choices of an offer in a block, by level."""
    found: dict[Level, list[int]] = {}
    for choice, each in enumerate(grid.choices[block], start=1):
        if each.offer == offer:
            found.setdefault((each.coverage, each.quantity), []).append(choice)
    return found


def _level_sent(rule: OfferValidity, context: RuleContext, slot: int, sending: int) -> Level | None:
    """Level at which history sent the offer to a slot's place in a period before the horizon; None where it did not."""
    grid = context.grid
    own, place = _offer(rule, grid).id, grid.slot(slot)
    for line in context.past:
        here = line.offer is not None and line.offer.id == own and line.period == sending
        if here and (line.segment, line.product) == (place.segment, place.product):
            return line.line.coverage, line.line.quantity
    return None


class _Words:
    """Words that are gathered one by one: slots of each, the choices that make a column active, and what it must be."""

    def __init__(self, width: int) -> None:
        self._width = width
        self.columns: list[tuple[int, int, int]] = []
        """Cell, slot and choice set of each."""
        self._sets: dict[tuple[int, ...], int] = {}
        self._words: list[tuple[int, bool]] = []

    def add(self, slots: list[int], choices: list[int], *, must: bool) -> None:
        """Add one word whose columns are the slots, in their order."""
        row = self._sets.setdefault(tuple(choices), len(self._sets))
        word = len(self._words)
        self.columns += [(word * self._width + column, slot, row) for column, slot in enumerate(slots)]
        self._words.append((len(slots), must))

    def form(self, width: int) -> Patterns:
        """All words as one form; a word that must be active has only that pattern, twice."""
        sets = np.zeros((len(self._sets), width), dtype=bool)
        for choices, row in self._sets.items():
            sets[row, list(choices)] = True
        low: Flag = np.zeros((len(self._words), 2, self._width), dtype=bool)
        for word, (length, must) in enumerate(self._words):
            low[word, 0 if must else 1 :, :length] = True
        cell, slot, choice_set = (np.array(column, dtype=np.int64) for column in zip(*self.columns, strict=True))
        return Patterns(entries=Entries(cell=cell, slot=slot, choice_set=choice_set, sets=sets), low=low, high=low)
