"""What a plan that was changed while it ran keeps beside its question: since when, on which actuals, what was moved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from scenarios.answer.json_records import LEFT_OUT, dump, from_data, parse, to_data
from scenarios.answer.promise import Promise, Replanning
from scenarios.language.read_in import listed_products, listed_segments
from scenarios.language.schema import Scenario
from scenarios.language.words import BASKET, EVERYBODY
from scenarios.problems import InvalidInput, Problem

FLIGHT, ACTUALS, BELIEVED = "flight.json", "flight/actuals.csv", "flight/believed.npz"
"""Files of ``problem/``: what was changed, what had happened by then, and the effects believed before the campaign."""
FORMAT = "campaign-flight/1"


class GaveWay(StrEnum):
    """How sure it is that a bound had to give way."""

    PAST = "past"
    """What has run, or cannot be stopped any more, decides it."""
    PROVEN = "proven"
    """It is proven that no plan keeps it beside what else is asked; not that it had to give way as far as it did."""
    SEARCHED = "searched"
    """A search for a plan that keeps it found none: that there is none is not proven."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A floor, or a ceiling, that gave way: what was asked when the campaign was planned, and what is asked now."""

    id: str
    asked: Decimal
    now: Decimal
    said: str
    """The sentence that tells of it, which may tell of several."""
    by: GaveWay | None = None
    """How sure it is that it had to; None in folders of an older version, which do not tell."""


@dataclass(frozen=True, kw_only=True)
class LinePieces:
    """Pieces that an earlier plan counted for a line that has run since, or could not be stopped any more."""

    date: dt.date
    """First day of its period."""
    product: str
    segment: str
    """``*`` for everybody."""
    offer: str
    pieces: int


@dataclass(frozen=True, kw_only=True)
class LotPeriod:
    """A period of a public price in the lot of an earlier rollout, that has run or cannot be stopped any more."""

    date: dt.date
    """First day of its period."""
    product: str
    offer: str
    on: bool
    """Whether the lot left the price on."""
    block: int | None
    """Number of its block; None where the rollout did not tell."""


@dataclass(frozen=True, kw_only=True)
class OtherLine:
    """A line of the past that ran and no plan had, or that was planned and did not run, by somebody's choice."""

    date: dt.date
    """First day of its period."""
    product: str
    segment: str
    """``*`` for everybody."""
    offer: str
    ran: bool


@dataclass(frozen=True, kw_only=True)
class EmptyShelf:
    """A product without a piece left in some periods in a row, as it was known when the rest was planned again."""

    product: str
    first: dt.date
    """First day of the first period."""
    last: dt.date
    """First day of the last period."""


@dataclass(frozen=True, kw_only=True)
class InFlight:
    """A campaign that runs: its past is known and locked, its effects are recalibrated."""

    format: str = FORMAT
    as_of: dt.date
    """Last day of the actuals."""
    locked_until: dt.date
    """Last day whose lines could not be changed any more."""
    known_periods: int
    """Periods from the first on whose sales are known."""
    actuals: str
    """The file of the actuals as it was named."""
    plan_sha256: str
    """Of the plans.json that was changed."""
    moved: tuple[str, ...]
    """Sentences: bounds and stocks that were moved, because reality had used more than they allow, or reached less."""
    floors: tuple[Floor, ...] = ()
    """That gave way, each told in `moved`; the next re-planning asks for them anew."""
    ceilings: tuple[Floor, ...] = ()
    """Ceilings on sums and shares that gave way to what was used; asked for anew in the same way."""
    asked: tuple[str, ...] = ()
    """Sentences: what was asked otherwise on the way than when the campaign was planned."""
    pieces: tuple[LinePieces, ...] = ()
    """Of the locked lines of offers with ``quantity``: the new account holds only how many were used."""
    otherwise: tuple[OtherLine, ...] = ()
    """Lines of the past in which it is not what was agreed: they teach less, and some nothing."""
    empty: tuple[EmptyShelf, ...] = ()
    """Of products with stock, by what was sold and left: the new account's own stock may be rounded up."""
    lots: tuple[LotPeriod, ...] = ()
    """Of the locked periods: what the lots of earlier rollouts switched off there is no departure from the plan."""
    replannings: tuple[Replanning, ...] = ()
    """What each re-planning so far was forecast to change, this one among them; older folders do not tell."""
    first: Promise | None = field(default=None, metadata=LEFT_OUT)
    """What the plan of before the campaign promised; None where an older version re-planned it."""


def flight_files(flight: InFlight, actuals: bytes, believed: bytes) -> dict[str, bytes]:
    """Return the files that tell of a flight, by name."""
    return {FLIGHT: dump(to_data(flight)).encode(), ACTUALS: actuals, BELIEVED: believed}


def read_flight(files: dict[str, bytes], *, where: str, scenario: Scenario) -> tuple[InFlight | None, bytes, bytes]:
    """Read them back: record, actuals and arrays; None where the plan was never changed in flight.

    Raises
    ------
    InvalidInput
        Where one of them is missing or damaged, or tells of what the scenario does not know.
    """
    if not files.keys() & {FLIGHT, ACTUALS, BELIEVED}:
        return None, b"", b""
    remedy = "restore the folder from where it was written, or replan again"
    for name in (FLIGHT, ACTUALS, BELIEVED):
        if name not in files:
            raise InvalidInput(
                [Problem(where=where, what=name, expected="the file", got="no such file", remedy=remedy)]
            )
    place = f"{where}/{FLIGHT}"
    try:
        text = files[FLIGHT].decode()
    except UnicodeDecodeError:
        raise InvalidInput([Problem(where=place, what="file", expected="UTF-8 text", got="other bytes")]) from None
    flight = from_data(InFlight, parse(text, where=place), where=place)
    if flight.format != FORMAT:
        raise InvalidInput([Problem(where=place, what="format", expected=FORMAT, got=flight.format, remedy=remedy)])
    periods = scenario.horizon.periods
    if not (0 < flight.known_periods <= periods):
        expected, got = f"1 to {periods}", str(flight.known_periods)
        raise InvalidInput([Problem(where=place, what="known_periods", expected=expected, got=got, remedy=remedy)])
    strange = _strange(flight, scenario)
    if strange is not None:
        expected = "days, products, segments and offers of the scenario"
        raise InvalidInput([Problem(where=place, what="places", expected=expected, got=strange, remedy=remedy)])
    return flight, files[ACTUALS], files[BELIEVED]


def _strange(flight: InFlight, scenario: Scenario) -> str | None:
    """Return the first place that the record names and the scenario does not know; None for none."""
    products = listed_products(scenario)
    segments = listed_segments(scenario)
    known = {
        "product": {BASKET, *(each.id for each in products)},
        "segment": {EVERYBODY, *(each.id for each in segments)},
        "offer": {each.id for each in scenario.offers},
    }
    for record in (*flight.pieces, *flight.otherwise, *flight.empty, *flight.lots):
        for name, value in vars(record).items():
            if name in known and value not in known[name]:
                return str(value)
            if isinstance(value, dt.date) and not 0 <= scenario.horizon.period_of(value) < scenario.horizon.periods:
                return str(value)
    if flight.first is not None:
        told = [each.date for each in flight.first.periods]
        if told != [scenario.horizon.date_of(t) for t in range(scenario.horizon.periods)]:
            return f"a first promise of {len(told)} periods that are not those of the horizon"
    return None
