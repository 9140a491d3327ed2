"""The winner's curse of an assignment: customers are chosen because their scores are high, so these are too high.

Each member of an ensemble is a training of its own on data drawn anew, so that it errs as the whole training does.
Each in turn chooses offers under the limits, by what it alone says of customers and segments, and the others, which had
no part in it, say what these choices are worth. What the first promise and the others do not give is optimism (the
bootstrap's: Efron 1983, doi:10.1080/01621459.1983.10477973). What all members have wrong alike, no member tells.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from constraints.assign.exact import ExactParams, Try
from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, RowsInMemory, value_of
from constraints.assign.solve import SolveParams, assign
from constraints.assign.terms import Terms
from planner.assign.affordable import affordable
from planner.assign.futures.sampled import Sampled
from planner.assign.rounded_uses import whole_up
from scenarios.arrays import Float
from scenarios.sampling import Estimate, standard_error

DIGITS = 6
"""Digits of shares."""
_BY_PRICES = SolveParams(exact=ExactParams(likely=Try(options=0), all=Try(options=0)))
"""What prices leave undecided is next to nothing beside optimism."""


def cross_fit(sampled: Sampled, terms: Terms, question: AssignQuestion, customers: int) -> Estimate | None:
    """Return the share of what members promise that the others do not give; None with less than two members.

    Parameters
    ----------
    question
        The limits that all customers keep; a sample keeps its share of them.
    customers
        How many there are in all.
    """
    members = len(sampled.members.value)
    if members < 2:
        return None
    share = sampled.rows.count / customers
    limits = tuple(replace(one, bound=int(one.bound * share)) for one in question.limits)
    asked = replace(question, limits=limits)
    # [E, E] what each member says that the choices of each are worth
    worth = np.zeros((members, members))
    for chooser in range(members):
        mine = _as_seen(sampled, terms, asked, chooser)
        choice = assign(RowsInMemory(rows=mine), asked, _BY_PRICES).choice
        worth[:, chooser] = [value_of(replace(mine, value=value), choice) for value in sampled.members.value]
    promised = np.diag(worth)
    # paired by who says it: that one member thinks more of all offers than another is no optimism
    of_others = (worth.sum(axis=1) - promised) / (members - 1)
    size = max(1.0, abs(float(promised.mean())))

    def missing(promise: Float, rest: Float) -> float:
        return float((promise - rest).mean()) / size

    error = standard_error(missing, promised, of_others)
    return Estimate(round(missing(promised, of_others), DIGITS), round(error, DIGITS))


def _as_seen(sampled: Sampled, terms: Terms, question: AssignQuestion, member: int) -> Rows:
    """Return the sample as one member has it; what is closed to a customer stays closed."""
    rows = sampled.rows
    use = tuple(
        None if one is None else whole_up(one[member] * terms.fine(measure))
        for one, measure in zip(sampled.members.use, terms.measures, strict=True)
    )
    value = np.where(np.isfinite(rows.value), sampled.members.value[member], -np.inf)
    return replace(rows, value=affordable(value, use, rows.segment, question), use=use)
