"""What a recalibration asks of the response model: each question once, however many moments and beliefs want it."""

from __future__ import annotations

import numpy as np
import pytest
from flight_case import Running, running_shop
from replan_case import happened, sold

from surrogate.flight.evidence import Expected, Forecast, Nudge
from surrogate.flight.recalibration.recalibrate import recalibrate

case = running_shop


def test_the_response_model_is_asked_nothing_twice(case: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where an offer fails, so that sales are explained by freer beliefs and without it, too."""
    asked: list[tuple[Forecast, bytes]] = []
    usual = Forecast.__call__

    def noted(forecast: Forecast, base: np.ndarray, lift: np.ndarray, nudges: tuple[Nudge, ...] = ()) -> Expected:
        asked.append((forecast, base.tobytes() + lift.tobytes()))
        return usual(forecast, base, lift, nudges)

    actuals = happened(case, sold(case, lift={"cut-15": 0.1}))
    monkeypatch.setattr(Forecast, "__call__", noted)
    recalibrate(case.model, case.frozen.effects, case.plan, actuals)
    told = [(id(forecast), moves) for forecast, moves in asked]
    assert len({forecast for forecast, _ in told}) > 2, "forecasts without an offer, and that of the start"
    assert len(set(told)) == len(told) > 20
