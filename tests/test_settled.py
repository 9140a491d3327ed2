"""The past settled: the account of the new effects sells what was sold, with pieces and thieving rivals, too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, line, running
from replan_case import LAST, again, happened, sold

from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import sold_by

FLASH = "{id: flash-12, mechanic: flash_sale, depth: 12%, max_run: 2, applies_to: {products: [phone]}}"
PIECES = FLASH.replace("max_run: 2,", "max_run: 2, quantity: [50%, 100%],")


def _case(folder: Path, *, pieces: bool) -> Running:
    """The shop with a strong flash sale on one phone, counted in pieces or not, and its rival beside it."""
    edits = {"shop": {FLASH: PIECES if pieces else FLASH, "stock: 500, ": "stock: 5000, "}}
    case = running(folder, **edits)
    lines = (line(2, "phone", "flash-12"), line(4, "phone", "cut-15"))
    return replace(case, plan=case.grid.plan_of(lines))


@pytest.mark.parametrize("pieces", [False, True])
def test_the_account_of_the_past_is_what_was_sold(tmp_path: Path, pieces: bool) -> None:
    """A flash sale that does four times as well, whose rival sells hardly anything, stands in the account as it was."""
    case = _case(tmp_path, pieces=pieces)
    units = np.rint(sold(case))
    units[:, 0, 1] *= 4
    units[:, 1, 1] = 2
    found = again(case, happened(case, units))
    grid = case.grid
    model = build_coefficients(grid, found.frozen.effects, found.frozen.baskets)
    account = sold_by(replace(model, available=np.full_like(model.available, np.inf)), case.plan, np).units
    assert account[..., : LAST + 1] == pytest.approx(units[..., : LAST + 1], abs=0.2)
