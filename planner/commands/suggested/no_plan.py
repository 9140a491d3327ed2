"""What `campaign plan` tells where no plan was found: why, and what to type next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.commands.options.how_long import Effort
from planner.commands.suggested.pasted import pasted
from planner.commands.terminal.printing import note, show, show_json

if TYPE_CHECKING:
    from constraints.infeasible.clash import Conflict
    from planner.problem import Problem
    from planner.run.search import SearchResult
    from planner.run.search_params import SearchParams


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPlan:
    """A search that found no plan, and the command that asked for it.

    Attributes
    ----------
    problem
        The question.
    params
        How the search was to be made.
    result
        What came of it.
    scenario
        The scenario as it was named.
    asked
        Options of the command by name, None where they were not given.
    """

    problem: Problem
    params: SearchParams
    result: SearchResult
    scenario: str
    asked: Mapping[str, object]


def tell_no_plan(none: NoPlan, *, as_json: bool) -> None:
    """Say what stands in the way of a plan, and what to type next; to `stdout` as JSON where a program asks."""
    from planner.report.conflict import conflict_json, show_conflict
    from planner.report.names import names_of

    conflict, interrupted = none.result.conflict, none.result.interrupted
    if conflict is None and none.params.keep is not None:
        _note_kept(none)
    if as_json:
        show_json(conflict_json(conflict, interrupted=interrupted))
    elif conflict is not None or none.params.keep is None:
        show(*show_conflict(conflict, names_of(none.problem.loaded.scenario)))
        if conflict is not None:
            _note_way_out(none, conflict)
    if interrupted:
        note(_cut_short(conflict))


def _note_kept(none: NoPlan) -> None:
    """Say that no plan keeps so much of its start, and what of the start stands in the way."""
    from planner.figures import given
    from planner.report.not_kept import why_not_kept

    keep, begin, start = none.params.keep, none.params.start, none.asked["--start"]
    assert keep is not None  # nothing else asks for lines that are kept
    lower = "lower --keep, or leave it out to see what stands in the way"
    note(f"no plan was found that keeps {given(keep)} of the lines of {start}, every limit and rule: {lower}")
    if begin is not None:
        for sentence in why_not_kept(none.problem, begin, keep, str(start), none.params.seed):
            note(sentence)


def _note_way_out(none: NoPlan, conflict: Conflict) -> None:
    """Say what to type next to take the cheapest way out, where options can write it.

    Nothing is given away for a plan that one start did not find: where no more is known, another start is next.
    """
    from constraints.infeasible.remedies import Known
    from planner.commands.suggested.way_out import settings_of_a_way_out, typed_way_out

    problem, scenario, asked = none.problem, none.scenario, none.asked
    if not (conflict.proven or conflict.anew):
        other = {"--seconds": None, "--seed": none.params.other_seed}
        again = pasted("campaign plan", scenario, options={**asked, **other})
        note(f"next: {again} looks once more before a limit gives way")
        return
    way = typed_way_out(conflict, problem.loaded.scenario)
    if way is not None:
        settings = settings_of_a_way_out(conflict, problem.loaded.scenario, problem.loaded.overrides)
        does = "takes" if way.known in (Known.COUNTED, Known.FOUND) else "tries"
        note(f"next: {pasted('campaign plan', scenario, options={**asked, '--set': settings})} {does} the cheapest way")
    elif conflict.hurried and not conflict.ways:
        longer = pasted("campaign plan", scenario, options={**asked, "--seconds": None})
        note(f"next: {longer} looks for ways out for as long as that takes")
        return
    thorough = Effort.THOROUGH.value
    if conflict.untried and not (asked["--effort"] == thorough and asked["--seconds"] is None):
        further = pasted("campaign plan", scenario, options={**asked, "--seconds": None, "--effort": thorough})
        note(f"{further} also looks at what was not looked at")


def _cut_short(conflict: Conflict | None) -> str:
    """Say that a run without a plan was interrupted, and what was still to be tried as far as that is known."""
    from planner.report.conflict import still_to_try

    left = 0 if conflict is None else still_to_try(conflict)
    tried = (
        f"{left} change{'s' if left > 1 else ''} that may mend it {'were' if left > 1 else 'was'} still to be tried; "
    )
    what = "interrupted: this is what was known by then, and it is not said that there are no other ways out; "
    return f"{what}{tried if left else ''}a run that ends by itself may find smaller changes"
