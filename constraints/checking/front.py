"""The front of a plan directory, made again from what the ledger says of every plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from constraints.checking.differences import Difference, compare
from constraints.ledger import LedgerReport
from scenarios.answer.archive import Frozen
from scenarios.answer.front import front_of
from scenarios.answer.json_records import to_data
from scenarios.answer.plan import PlanSet
from scenarios.answer.plan_files import PLANS
from scenarios.language.aim import senses_of


def front_differences(plan_set: PlanSet, reports: Sequence[LedgerReport], frozen: Frozen) -> Iterator[Difference]:
    """Compare the written front with the one that the recomputed plans make; there is none for a single objective."""
    senses = senses_of(frozen.scenario.objective)
    values = [report.objectives for report in reports if report.objectives is not None]
    made = None if senses is None or not values else front_of(senses, values)
    yield from compare(to_data(made), to_data(plan_set.front), file=PLANS, place="front")
