"""Why an offer's effect is what it is: for learned effects from the model, for tables the rows of the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.problem import Problem
from planner.progress import Progress, ignore
from planner.reasons.effect_scores import Score, applies_mask, score_of
from planner.reasons.known_ids import Typed, refuse_unknown
from scenarios.loading.load import LoadedScenario
from scenarios.problems import InvalidInput
from scenarios.problems import Problem as Mistake
from scenarios.tables.effect_lines import SpeakingRows, speaking_rows

if TYPE_CHECKING:
    from surrogate.why.explanation import Explanation


@dataclass(frozen=True, kw_only=True, eq=False)
class TableRow:
    """A row of the effect table that speaks for some of the cells asked about."""

    line: int
    written: dict[str, str]
    cells: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Why:
    """The effect of an offer on a segment, and where it comes from."""

    score: Score
    explanation: Explanation | None
    """For learned effects."""
    table: str | None
    """Name of the file, for effects from a table."""
    rows: tuple[TableRow, ...]
    """Rows of the table, those that speak for most cells first."""


def why(
    problem: Problem,
    asked: LoadedScenario,
    segment: str,
    offer: str,
    product: str | None = None,
    progress: Callable[[Progress], None] = ignore,
) -> Why:
    """Explain the effect of an offer on a segment.

    Parameters
    ----------
    problem
        With its effects read or learned.
    asked
        The scenario as it was loaded, before anything was learned.
    segment, offer, product
        Ids; without a product, all products where the offer applies.
    progress
        Hears what is being done, where a model must be read or learned again.

    Raises
    ------
    InvalidInput
        For ids that the scenario does not know, and an offer that does not apply there.
    """
    row, column, here = _cells(problem, segment, offer, product)
    score = score_of(problem.effects, row, column, here)
    source = asked.scenario.effects.table
    if source is not None:
        return Why(score=score, explanation=None, table=source, rows=_rows(asked, source, row, column, here))
    from planner.learning import trained
    from surrogate.kinds import explain_any

    explanation = explain_any(trained(asked, progress), asked.scenario, segment, offer, product, asked.baskets)
    return Why(score=score, explanation=explanation, table=None, rows=())


def _cells(problem: Problem, segment: str, offer: str, product: str | None) -> tuple[int, int, NDArray[np.bool_]]:
    """Return the numbers of segment and offer, and the cells [K+1, T] that are asked about."""
    grid = problem.grid
    offers = [one.id for one in grid.scenario.offers]
    segments, products = [one.id for one in grid.segments], [one.id for one in grid.products]
    refuse_unknown(
        (Typed("segment", segment, segments), Typed("offer", offer, offers), Typed("product", product, products)),
        {"segment": "--why", "offer": "--why", "product": "--product"},
        "the scenario",
    )
    row, column = segments.index(segment), offers.index(offer)
    mask = applies_mask(grid)[row, :, :, column]
    here = mask.copy()
    if product is not None:
        here[[number for number in range(len(mask)) if number != products.index(product)]] = False
    if not here.any():
        where = [(*products, "basket")[number] for number in np.flatnonzero(mask.any(axis=1))]
        expected = f"a segment and product where {offer} may be chosen"
        remedy = f"for {segment} it may be chosen on {', '.join(where)}" if where else f"it is not for {segment}"
        got = segment if product is None else f"{segment} and {product}"
        raise InvalidInput([Mistake(where="--why", what=offer, expected=expected, got=got, remedy=remedy)])
    return row, column, here


def _rows(asked: LoadedScenario, name: str, row: int, column: int, here: NDArray[np.bool_]) -> tuple[TableRow, ...]:
    found: SpeakingRows = speaking_rows(asked.scenario, asked.tables[name], name)
    rows, cells = np.unique(found.row[row, :, :, column][here], return_counts=True)
    return tuple(
        TableRow(line=found.line(int(number)), written=found.written(int(number)), cells=int(count))
        for number, count in sorted(zip(rows, cells, strict=True), key=lambda pair: (-pair[1], pair[0]))
        if number >= 0
    )
