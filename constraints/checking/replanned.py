"""What finance is told of a folder that says it was planned again in flight, beside its own copy of the question.

The comparison stays as strict as for any folder, because a folder can say so of itself. The sentence tells which of the
differences a re-planning makes anyway, whether any of the others is among them, and how the folder is proven.
"""

from __future__ import annotations

from constraints.checking.differences import Difference
from constraints.checking.question import fixed_differences
from scenarios.answer.archive import Frozen
from scenarios.first_few import first_few
from scenarios.loading.load import LoadedScenario


def replanned_question(own: LoadedScenario, frozen: Frozen) -> str:
    """Say how a re-planned folder is compared with a question of before the campaign; empty for other folders."""
    if frozen.flight is None:
        return ""
    return (
        f"This folder says that it is the rest of a re-planned campaign (actuals up to {frozen.flight.as_of}). Lifts, "
        f"baselines, stock and what has happened are then expected to differ from {own.name}, which was asked before "
        "the campaign, and so do bounds that reality has used up already. Prices, costs, segments and offers are "
        f"compared all the same: {_fixed(fixed_differences(own, frozen))}. To prove the plan, check the folder that "
        f"was planned before the campaign with --scenario {own.name}, and this one with --key."
    )


def _fixed(found: list[Difference]) -> str:
    if not found:
        return "none of these differs"
    places = first_few([entry.place for entry in found])
    verb = "differs" if len(found) == 1 else "differ"
    return f"{places} {verb}, which no re-planning explains"
