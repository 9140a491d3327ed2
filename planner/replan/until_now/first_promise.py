"""What was promised before the campaign, and what re-planning is forecast to change: carried from folder to folder."""

from __future__ import annotations

from dataclasses import replace

from planner.replan.standing import Standing
from scenarios.answer.in_flight import InFlight
from scenarios.answer.outcome import account
from scenarios.answer.promise import Promise, Replanning, promised_periods
from scenarios.arrays import Plan
from scenarios.response.coefficients import Coefficients


def first_promise(flight: InFlight | None, model: Coefficients, plan: Plan, sha256: str, rank: int) -> Promise | None:
    """Return what the plan of before the campaign promised, from its account.

    None where the campaign was planned again by a version that did not keep it.

    Parameters
    ----------
    flight
        Record of the folder that is planned again; None where its plan is that of before the campaign.
    model, plan
        The tables of that folder, and the flat plan [N] that runs.
    sha256, rank
        Of its plans.json, and of the plan among its plans.
    """
    if flight is not None:
        return flight.first
    periods = promised_periods(account(model, plan), account(model, model.grid.empty()))
    return Promise(plan_sha256=sha256, rank=rank, periods=periods)


def with_this_replanning(flight: InFlight, before: Standing, after: Standing) -> InFlight:
    """Return the record with what this re-planning is forecast to change, below those before it."""
    this = Replanning(
        as_of=flight.as_of,
        plan_sha256=flight.plan_sha256,
        carried_on=before.profit,
        planned_again=after.profit,
        broke=before.broken,
    )
    return replace(flight, replannings=(*flight.replannings, this))
