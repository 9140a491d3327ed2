"""What a record says of choices by a careful objective: what they are worth, what caution costs, and the tilt."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from constraints.assign.careful.assigning import CarefulChoices
from planner.assign.careful.counting import Counting, TiltRow, tilt_rows
from planner.assign.cautious import rounded
from scenarios.answer.summary import quantiles
from scenarios.language.aim import aim_words, caution_of
from scenarios.language.schema import Scenario
from scenarios.language.several import senses


@dataclass(frozen=True, kw_only=True)
class ByExpectation:
    """What choices by expected values would come to, under the same limits."""

    value: Decimal
    """Expected; rounded down."""
    worth: Decimal
    """By the careful objective; rounded down."""
    p05: Decimal
    """Value at 5 % of the futures."""


@dataclass(frozen=True, kw_only=True)
class CarefulRecord:
    """Choices by a careful objective. Money in major units, net of tax."""

    objective: str
    """In words."""
    worth: Decimal
    """Of the choices, by the objective; rounded down."""
    by_expectation: ByExpectation
    costs: Decimal
    """Expected value that caution gives up."""
    tilt: tuple[TiltRow, ...]
    """What customers' amounts count where futures have weights; ``decide`` counts by it."""


def careful_record(
    scenario: Scenario, careful: CarefulChoices, counting: Counting, places: tuple[str, ...], digits: int
) -> CarefulRecord:
    """Sum up."""
    value, plain = (rounded(one, digits, up=False) for one in (careful.choices.value, careful.plain_value))
    return CarefulRecord(
        objective=aim_words(scenario.objective),
        worth=rounded(careful.worth, digits, up=False),
        by_expectation=ByExpectation(
            value=plain,
            worth=rounded(careful.plain_worth, digits, up=False),
            p05=quantiles(careful.plain_gained, digits).p05,
        ),
        costs=plain - value,
        tilt=tilt_rows(careful.tilt, counting.parts, places),
    )


def said_of_objective(scenario: Scenario, *, foreseen: bool) -> tuple[str, ...]:
    """Say where the objective asks for more than customers are chosen by."""
    objective = scenario.objective
    if caution_of(objective) is not None and not foreseen:
        said = f"the objective is {aim_words(objective)}, and customers are chosen by what is expected: these scores "
        return (f"{said}have no futures as long as the scenario's effects are still to be learned",)
    if not isinstance(objective, str) and objective.pareto is not None:
        first = next(iter(senses(objective.pareto)))
        said = f"the objective trades off {aim_words(objective)}; customers are chosen by {first.words} alone: write "
        return (f"{said}one objective, such as weights, to choose by several",)
    return ()
