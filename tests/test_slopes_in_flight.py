"""How sales answer what is believed of lifts and baselines: slopes against forecasts that are made again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from flight_case import LINES, line, running

from surrogate.flight.evidence import Forecast, nudges_of
from surrogate.flight.recalibration.beliefs import BASE_CHANGED, BASE_MEASURED, Beliefs, believed

LAST = 5
STEP = 0.01
OF_LIFTS, OF_BASELINES = 0.01, 0.1
"""Shares of a slope that it may be off. A baseline's part is taken to move its own product alone; what more units on
offer there take from rivals goes with the rivals' baselines."""


def _slopes(beliefs: Beliefs, forecast: Forecast, phase: float) -> tuple[np.ndarray, np.ndarray]:
    """Slopes [B, S, K, T] at beliefs that have moved already, and central differences of forecasts."""
    start = 0.1 * np.cos(np.arange(len(beliefs.kind)) + phase)
    steps = STEP * np.eye(len(beliefs.kind))
    ups, downs = (
        np.stack([forecast(*beliefs.moves(start + sign * step)).units for step in steps]) for sign in (1.0, -1.0)
    )
    return beliefs.slopes(forecast(*beliefs.moves(start), beliefs.nudges)), (ups - downs) / (2.0 * STEP)


@pytest.mark.parametrize("phase", [0.0, 3.0])
def test_slopes_are_those_of_forecasts(tmp_path: Path, phase: float) -> None:
    """Also of rivals: what a flash sale takes from the neighbour, which cannot have one, goes with the flash sale."""
    case = running(tmp_path)
    plan = case.grid.plan_of((*LINES, line(2, "phone", "flash-12")))
    nudges = nudges_of(case.model, plan, LAST)
    beliefs = believed(case.model, case.frozen.effects, nudges, plan, LAST, 0.2)
    found, again = _slopes(beliefs, Forecast(case.model, case.frozen.effects, plan), phase)
    found, again = (each[..., : LAST + 1].reshape(len(found), -1) for each in (found, again))
    size = np.linalg.norm(again, axis=1)
    assert np.count_nonzero(size) > 20
    off = np.where(np.isin(beliefs.kind, (BASE_MEASURED, BASE_CHANGED)), OF_BASELINES, OF_LIFTS)
    assert (np.linalg.norm(found - again, axis=1) <= off * size + 1e-9).all()
