"""Messages of a campaign's past as they were really sent, in the account of its new plan.

Coverages name customers who are kept out, have not consented, or were never written to. What a rollout's audiences and
the rows of the actuals tell of messages that have run stands in the lock of the past (`Locked.sent`), and the account
counts it: limits on contacts, what messages cost, and every sum that holds it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.figures import count, plural
from planner.replan.question import IN_FLIGHT
from scenarios.flight.actuals import Actuals
from scenarios.flight.messages.audiences import Audiences
from scenarios.flight.messages.contacts import Written
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Locked
from scenarios.language.schemas.sent import SentMessage

_HELD = 0.5
"""Customers that a message must differ by from what coverages name, to be held in the lock."""
_ROUNDED = 1.0
"""Customers that are rounding, for each row that tells of a message: they are whole, a part of a segment
need not be."""


def sent_so_far(
    scenario: Scenario, before: Scenario, plan: NDArray[np.int8], actuals: Actuals, audiences: Audiences
) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario whose lock tells of messages as they were sent, and a sentence where they differ.

    Parameters
    ----------
    scenario
        Of the rest, its past locked.
    before
        Of the running plan: where no rollout is named now, what an earlier re-planning knew of messages stands.
    plan
        The flat plan [N] as it ran and is to run.
    """
    written = Written(actuals, plan, audiences)
    found = {(each.segment, each.channel, each.date): each for each in written.so_far(_HELD)}
    if not audiences.lines:
        older = (each for rule in before.rules if isinstance(rule, Locked) for each in rule.sent)
        found |= {(each.segment, each.channel, each.date): each for each in older}
    if not found:
        return scenario, ()
    sent = tuple(found[key] for key in sorted(found, key=lambda key: (key[2], key[0], key[1])))
    rules = (
        rule.model_copy(update={"sent": sent}) if isinstance(rule, Locked) and rule.id == IN_FLIGHT else rule
        for rule in scenario.rules
    )
    named = written.named()
    otherwise = [
        each
        for key, each in found.items()
        if key not in named or abs(each.contacts - named[key].contacts) > _ROUNDED * max(named[key].rows, 1)
    ]
    return scenario.model_copy(update={"rules": tuple(rules)}), _said(otherwise, actuals)


def _said(sent: Sequence[SentMessage], actuals: Actuals) -> tuple[str, ...]:
    """Say how many messages went to others than coverages name, by more than rounding."""
    if not sent:
        return ()
    as_sent = "counts as it was sent" if len(sent) == 1 else "count as they were sent"
    went = count(sum(each.contacts for each in sent))
    return (
        f"{plural(len(sent), 'message')} up to {actuals.as_of} {as_sent}: {went} contacts, "
        "where coverages say otherwise (who is kept out, has not consented or was not written to is in none)",
    )
