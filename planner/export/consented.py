"""Whom a rollout's messages may reach: of each segment those who have consented, by the customers' own file."""

from __future__ import annotations

import numpy as np

from planner.export.rollout_customers import Customers
from planner.flight.rollout.design import reached_tables
from scenarios.answer.archive import Frozen
from scenarios.arrays import Float, Plan
from scenarios.flight.messages.kept_out import with_kept_out
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients


def consented_shares(grid: Grid, customers: Customers | None) -> Float | None:
    """[S, O] share of each segment's customers in the file whom an offer may be sent to; None where it may be to all.

    An offer without a channel, and one whose channel asks for no consent, may reach everybody.
    """
    if customers is None or not customers.consents:
        return None
    shares = np.ones((len(grid.segments), len(grid.scenario.offers)))
    for number, offer in enumerate(grid.scenario.offers):
        may = customers.consents.get(offer.channel or "")
        if may is None:
            continue
        for segment in range(len(grid.segments)):
            members = customers.of(segment)
            shares[segment, number] = may[members].mean() if len(members) else 1.0
    return shares


def of_planned(grid: Grid, consented: Float | None) -> Float | None:
    """[S, O] the same as a share of those whom the plan counts on, whose channel may reach a part of the segment."""
    if consented is None:
        return None
    known = {channel.id: channel for channel in grid.scenario.channels}
    planned = np.ones_like(consented)
    for number, offer in enumerate(grid.scenario.offers):
        if offer.channel in known:
            channel = known[str(offer.channel)]
            planned[:, number] = [channel.reaches(segment.id) for segment in grid.segments]
    share = np.divide(consented, planned, out=np.ones_like(consented), where=planned > 0)
    return np.asarray(np.minimum(share, 1.0))


def reaching(frozen: Frozen, model: Coefficients, plan: Plan, consented: Float | None) -> Coefficients:
    """Tables of a plan [N] under which its targeted offers reach who has consented, and nobody is kept out."""
    if consented is None:
        return model
    nobody = np.zeros(len(model.grid.segments))
    return reached_tables(frozen, model.grid, plan, with_kept_out(frozen.effects, model.grid, plan, nobody, consented))
