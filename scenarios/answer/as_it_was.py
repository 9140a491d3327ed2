"""What the account holds otherwise of the past of a running campaign than what its lines come to by themselves.

A lock tells what vendors pay at most for what has run, and how many messages were really written
(`scenarios.language.schemas.rule.Locked`); the account follows it. Sums that are weighed at once, as the search and the
futures weigh them, hold what coverages and terms say. What is locked is the same in every plan, so that the difference
is one number a sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.cells import Account
from scenarios.answer.outcome import account
from scenarios.answer.sums import digits_of, measured
from scenarios.currency import minor_digits
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Locked
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients


class AsItWas:
    """Sums of the locked lines of one model: as they were, less as they are weighed at once."""

    def __init__(self, model: Coefficients) -> None:
        self._model = model
        self._digits = minor_digits(model.grid.scenario.currency)
        self._locks = tuple(
            rule for rule in model.grid.scenario.rules if isinstance(rule, Locked) and (rule.funds or rule.sent)
        )

    def beyond(self, measure: Measure | str, where: Scope) -> float:
        """How much more the account of what is locked comes to, in natural units or major money; less than 0: less."""
        return self._between(measure, where, self._real, self._plain) if self._locks else 0.0

    def beyond_by_messages(self, measure: Measure | str, where: Scope) -> float:
        """The same by messages alone: futures know by themselves what vendors pay."""
        if not any(rule.sent for rule in self._locks):
            return 0.0
        return self._between(measure, where, self._as_sent, self._plain)

    def of_lines(self, lines: Sequence[PlanLine], weights: Mapping[Measure, float]) -> NDArray[np.float64]:
        """How much more each of some lines comes to in the account, in weighed measures; 0 of what is not locked.

        Customers reached, whom lines share, are nobody's.
        """
        found = np.zeros(len(lines))
        if not self._locks:
            return found
        place = {line: number for number, line in enumerate(lines)}
        for book, sign in ((self._real, 1.0), (self._plain, -1.0)):
            rows, cents = book.rows, 10.0**book.digits
            paid, cost, contacts = rows.funding / cents, rows.contact_cost / cents, rows.contacts / 1000.0
            amounts = {
                Measure.PROFIT: paid - cost,
                Measure.MARGIN: paid,
                Measure.VENDOR_FUNDING: paid,
                Measure.SPEND: cost - paid,
                Measure.GROSS_SPEND: cost,
                Measure.CASH_COST: cost,
                Measure.CONTACTS: contacts,
            }
            for measure, weight in weights.items():
                if measure in amounts:
                    of_rows = np.bincount(rows.line, sign * weight * amounts[measure], len(book.lines))
                    for line, amount in zip(book.lines, of_rows.tolist(), strict=True):
                        if line in place:
                            found[place[line]] += amount
        return found

    def _between(self, measure: Measure | str, where: Scope, one: Account, other: Account) -> float:
        more = measured(one, measure, where) - measured(other, measure, where)
        return float(more / 10 ** digits_of(measure, self._digits))

    @cached_property
    def _real(self) -> Account:
        return self._booked({})

    @cached_property
    def _as_sent(self) -> Account:
        return self._booked({"funds": {}})

    @cached_property
    def _plain(self) -> Account:
        return self._booked({"funds": {}, "sent": ()})

    def _booked(self, changes: Mapping[str, object]) -> Account:
        """The account of the locked lines, where their lock says otherwise."""
        grid = self._model.grid
        scenario, horizon = with_locks(grid.scenario, changes), grid.scenario.horizon
        lines = tuple(
            line
            for rule in self._locks
            if isinstance(rule.lines, tuple)
            for line in rule.lines
            if 0 <= horizon.period_of(line.date) < horizon.periods
        )
        return account(replace(self._model, grid=replace(grid, scenario=scenario)), grid.plan_of(lines))


def with_locks(scenario: Scenario, changes: Mapping[str, object]) -> Scenario:
    """Return a scenario whose locks of lines are changed alike."""
    rules = (rule.model_copy(update=dict(changes)) if isinstance(rule, Locked) else rule for rule in scenario.rules)
    return scenario.model_copy(update={"rules": tuple(rules)})
