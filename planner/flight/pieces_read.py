"""Offers that count their pieces, as far as they have run: which lines ran out, so that sales hide who came late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.figures import count, plural
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers
from scenarios.flight.pieces import Pieces, row_of
from scenarios.language.plan_lines import PlanLine, whom
from scenarios.language.words import EVERYBODY

BEYOND = 1.0
"""Uses a line beyond its pieces from which on it is told: counts of units come to a part of a use."""


@dataclass(frozen=True, kw_only=True)
class PiecesReading:
    """Lines of one offer with ``quantity`` that have run."""

    offer: str
    lines: int
    ran_out: int
    """Lines whose pieces are known to have run out."""
    left: int
    """Lines of which some are known to be left."""
    pieces: float
    """Of the lines of which either is known."""
    used: float
    """Of these pieces, as far as is told; more than there were where the actuals tell of more."""

    @property
    def unknown(self) -> int:
        """Lines of which the actuals do not tell."""
        return self.lines - self.ran_out - self.left


def served_everybody(
    actuals: Actuals,
    plan: NDArray[np.int8],
    pieces: Pieces | None,
    offer: str,
    product: str | None,
    segment: str | None,
) -> bool:
    """Whether everybody who wanted an offer found a piece: its lines do not count any, or are known to have some left.

    Parameters
    ----------
    product, segment
        Lines of these alone; None for all.
    """
    grid = actuals.grid
    if grid.offer(offer).quantity is None:
        return True
    for line in grid.lines(plan):
        period = grid.scenario.horizon.period_of(line.date)
        other = line.offer != offer or product not in (None, line.product)
        if other or period > actuals.last or not (line.segment == EVERYBODY or segment in (None, line.segment)):
            continue
        if pieces is None:
            return False
        layer, row = (0, 0) if line.segment == EVERYBODY else (1, grid.segment_index[line.segment])
        k, _ = row_of(grid, line.product, grid.offer(offer))
        if not pieces.left[layer][row, k, period]:
            return False
    return True


def read_pieces(
    actuals: Actuals, plan: NDArray[np.int8], there: Layers, pieces: Pieces | None
) -> tuple[PiecesReading, ...]:
    """Count the lines of every offer with ``quantity`` that have run, in the scenario's order.

    Parameters
    ----------
    there
        As `counted_pieces` gives them.
    """
    counted = dict[str, list[PiecesReading]]()
    for _, reading in _readings(actuals, plan, there, pieces):
        counted.setdefault(reading.offer, []).append(reading)
    return tuple(_sum(counted[offer.id]) for offer in actuals.grid.scenario.offers if offer.id in counted)


def _readings(
    actuals: Actuals, plan: NDArray[np.int8], there: Layers, pieces: Pieces | None
) -> Iterator[tuple[PlanLine, PiecesReading]]:
    """Read every line of offers with ``quantity`` that has run."""
    grid = actuals.grid
    for line in grid.lines(plan):
        offer = grid.offer(line.offer)
        period = grid.scenario.horizon.period_of(line.date)
        if offer.quantity is None or period > actuals.last:
            continue
        gone = left = False
        number = used = 0.0
        if pieces is not None:
            (k, units_a_use), s = row_of(grid, line.product, offer), grid.segment_index.get(line.segment)
            # The pieces of a public line are everybody's: each segment holds the number of all.
            layer, rows = (0, slice(None)) if s is None else (1, slice(s, s + 1))
            at = rows, k, period
            gone, left = bool(pieces.ran_out[layer][at][0]), bool(pieces.left[layer][at][0])
            if gone or left:
                number = float(there[layer][at][0]) / units_a_use
                used = float(pieces.under[layer][at].sum()) / units_a_use
        yield (
            line,
            PiecesReading(offer=line.offer, lines=1, ran_out=int(gone), left=int(left), pieces=number, used=used),
        )


def beyond_pieces(actuals: Actuals, plan: NDArray[np.int8], there: Layers, pieces: Pieces | None) -> tuple[str, ...]:
    """Say of which offers the actuals tell of more uses than their lines had pieces, a sentence an offer.

    Parameters
    ----------
    there
        As `counted_pieces` gives them.
    """
    beyond = dict[str, list[tuple[PlanLine, PiecesReading]]]()
    for line, reading in _readings(actuals, plan, there, pieces):
        if reading.used >= reading.pieces + BEYOND:
            beyond.setdefault(reading.offer, []).append((line, reading))
    return tuple(_beyond(name, lines) for name, lines in beyond.items())


def _beyond(name: str, lines: list[tuple[PlanLine, PiecesReading]]) -> str:
    line, worst = max(lines, key=lambda each: each[1].used - each[1].pieces)
    number = sum(each.used - each.pieces for _, each in lines)
    most = f"{count(worst.used)} of {count(worst.pieces)} on {line.product}{whom(line.segment)}, {line.date}"
    where = most if len(lines) == 1 else f"on {len(lines)} lines, most of all {most}"
    return (
        f"{name}: {count(number)} more were given out than there were pieces ({where}); they are counted as the file "
        "tells them: check the column uses, or which system stops the offer"
    )


def _sum(readings: list[PiecesReading]) -> PiecesReading:
    return PiecesReading(
        offer=readings[0].offer,
        lines=sum(each.lines for each in readings),
        ran_out=sum(each.ran_out for each in readings),
        left=sum(each.left for each in readings),
        pieces=sum(each.pieces for each in readings),
        used=sum(each.used for each in readings),
    )


def pieces_sentences(readings: tuple[PiecesReading, ...]) -> tuple[str, ...]:
    """Say of each offer what sales cannot tell, because pieces ran out, or because nobody tells whether they did."""
    said = []
    for each in readings:
        if each.ran_out:
            beyond = each.used >= each.pieces + BEYOND * each.ran_out
            odd = ", more than there were: check uses, or which system stops the offer" if beyond else ""
            said.append(
                f"{each.offer}: pieces ran out on {each.ran_out} of {plural(each.ran_out + each.left, 'line')} "
                f"({count(each.used)} of {count(each.pieces)} used so far{odd}); where they did, sales do not show how "
                "many more wanted one, nor that fewer did than forecast"
            )
        if each.unknown:
            said.append(
                f"{each.offer}: whether the pieces of {plural(each.unknown, 'line')} ran out is not told "
                "(column uses); their sales are compared with what the forecast makes of the pieces"
            )
    return tuple(said)
