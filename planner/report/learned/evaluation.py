"""The evaluation of a model of purchases, as tables and as plain data."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.text import Text

from planner.figures import count, share
from planner.report.learned.experiment import trusted
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from surrogate.held_out.verdict import FEW, RIGHT

if TYPE_CHECKING:
    from surrogate.experiment.held_out.evaluation import ExperimentEvaluation
    from surrogate.held_out.coverage import Coverage
    from surrogate.held_out.evaluation import PurchasesEvaluation
    from surrogate.held_out.held_scores import ForecastRow


def show_purchases(found: PurchasesEvaluation) -> tuple[RenderableType, ...]:
    """Return what was tested, the forecasts, the coverage of intervals, and the verdict."""
    span = f"{found.first_day} to {found.last_day}, {found.weeks} weeks"
    cells = f"{found.cells:,} cells (segment x shelf item x week), {found.promoted_cells:,} of them promoted"
    return (
        show_sentences(f"Test of {found.source}", (f"{span}: {cells}.", found.tested)),
        _forecasts(found.rows, found.missing),
        _coverage(found.coverage, found.calibrated_on),
        show_sentences("Verdict", found.verdict),
    )


def _forecasts(rows: tuple[ForecastRow, ...], missing: tuple[str, ...]) -> FittedTable:
    return FittedTable(
        title="Forecasts of the unseen weeks",
        columns=(
            Column(title="predictor", least=14),
            Column(title="error, promoted", number=True),
            Column(title="bias", number=True),
            Column(title="error, no promotion", number=True),
            Column(title="error at right levels", number=True),
            Column(title="error, product weeks", number=True, gives_way=1),
            Column(title="change: correlation", number=True),
            Column(title="real/foreseen", number=True, gives_way=2),
        ),
        rows=tuple(
            (
                Text(row.name, style="bold" if not number else ""),
                share(row.wape_promoted),
                share(row.bias_promoted, signed=True),
                share(row.wape_unpromoted),
                share(row.wape_at_levels),
                share(row.wape_category),
                count(row.change_correlation, digits=2),
                count(row.change_slope, digits=2),
            )
            for number, row in enumerate(rows)
        ),
        notes=(
            "error: sum of absolute misses over units (WAPE), of promoted cells, and of segment x product x week",
            "error, no promotion: of cells where nothing was promoted, so of levels alone",
            "error at right levels: of promoted cells, each item's level set right by its own weeks without promotion, "
            "so of effects alone",
            "change: units a week promoted minus unpromoted, by segment and item, foreseen against real",
            *(f"{row.name}: {row.note}" for row in rows if row.note),
            *missing,
        ),
    )


def _coverage(rows: tuple[Coverage, ...], calibrated_on: str) -> FittedTable:
    return FittedTable(
        title="90% intervals: how often they held what happened",
        columns=(
            Column(title="figures", least=8),
            Column(title="of", least=16),
            Column(title="number", number=True),
            Column(title="held", number=True),
        ),
        rows=tuple(
            (row.what, row.group.replace("_", " "), f"{row.figures:,}", Text(share(row.share), style=_style(row)))
            for row in rows
        ),
        notes=(
            f"calibrated on {calibrated_on}",
            "units: of a segment in a product and week, with counting noise; lift: of a product, levels taken off",
            "a mechanic's or distance's rows hold promoted figures only",
        ),
        empty="one held-out week is not enough to calibrate and to test",
    )


def _style(row: Coverage) -> str:
    if row.figures < FEW:
        return ""
    return "green" if RIGHT[0] <= row.share <= RIGHT[1] else "red"


def purchases_json(found: PurchasesEvaluation) -> dict[str, Any]:
    """Return the evaluation as plain data; what is no number is null."""
    return {
        "format": "campaign-evaluation/1",
        "kind": "transactions",
        "source": found.source,
        "tested": found.tested,
        "first_day": found.first_day.isoformat(),
        "last_day": found.last_day.isoformat(),
        "weeks": found.weeks,
        "cells": found.cells,
        "promoted_cells": found.promoted_cells,
        "forecasts": [plain(row) for row in found.rows],
        "missing": list(found.missing),
        "coverage": [{**plain(row), "share": _rounded(row.share)} for row in found.coverage],
        "calibrated_on": found.calibrated_on,
        "trusted": found.trusted,
        "verdict": list(found.verdict),
    }


def experiment_json(found: ExperimentEvaluation) -> dict[str, Any]:
    """Return the evaluation of an experiment as plain data; what is no number is null."""
    return {"format": "campaign-evaluation/1", "kind": "experiment", **plain(found), "trusted": trusted(found)}


def plain(record: Any) -> Any:
    """Return a frozen record of figures as plain data, figures to six digits."""
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        return {each.name: plain(getattr(record, each.name)) for each in dataclasses.fields(record)}
    if isinstance(record, tuple):
        return [plain(one) for one in record]
    return _rounded(record) if isinstance(record, float) else record


def _rounded(value: float) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None
