"""One run of the command plan: its options as they were typed, what is refused, the search, and writing its answer."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.commands.options.how_long import Effort, refuse_seconds
from planner.commands.terminal.printing import note

if TYPE_CHECKING:
    from planner.problem import Problem
    from planner.run.search import SearchResult
    from planner.run.search_params import SearchParams
    from scenarios.answer.plan import PlanSet
    from scenarios.problems import InvalidInput

PLANS, FRONT_PLANS = 5, 12
"""Plans that are returned, of a single objective and of a front, where nobody says how many."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of a run, as they were typed."""

    scenario: str
    out: Path | None
    seed: int
    effort: Effort
    seconds: float | None
    plans: int | None
    start: str | None
    keep: str | None
    gap: str | None
    explain_gap: bool
    key: Path | None
    set: tuple[str, ...]
    as_json: bool
    since: float
    """When the command began, by the monotonic clock."""

    @property
    def options(self) -> dict[str, object]:
        """Those that make another run the same, but for where it is written; None where nothing was said."""
        return {
            "--seed": self.seed or None,
            "--effort": None if self.effort is Effort.NORMAL else self.effort.value,
            "--seconds": None if self.seconds is None else f"{self.seconds:g}",
            "--plans": self.plans,
            "--start": self.start,
            "--keep": self.keep,
            "--gap": self.gap,
            "--set": list(self.set) or None,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class Searched:
    """What a run made of its question."""

    problem: Problem
    params: SearchParams
    result: SearchResult


def refused(asked: Asked) -> Callable[[], bytes] | None:
    """Refuse, before anything is read, what cannot be done; return what makes the signature, where one is asked for."""
    from planner.commands.options.signing import key_to_sign, refuse_unsigned_answer
    from planner.figures import parse_share_option
    from scenarios.answer.plan_files import refuse_foreign, refuse_unwritable

    for option, share in (("--gap", asked.gap), ("--keep", asked.keep)):
        if share is not None:
            parse_share_option(share, option=option)
    if asked.keep is not None and asked.start is None:
        refuse_keep()
    if asked.seconds is not None:
        refuse_seconds(asked.seconds)
    if asked.out is not None:
        refuse_foreign(asked.out)
        refuse_unwritable(asked.out)
    elif asked.key is not None:
        refuse_unsigned_answer()
    return None if asked.key is None else key_to_sign(asked.key)


def searched(asked: Asked) -> Searched:
    """Read the question, tell how large it is, and search."""
    from constraints.lines_on_nothing import lines_on_nothing
    from planner.commands.given.start import read_start
    from planner.commands.terminal.live import watching
    from planner.figures import parse_share_option
    from planner.problem import build_problem
    from planner.progress import Progress
    from planner.run.effort import Effort as Work
    from planner.run.question_size import question_size
    from planner.run.search import plan_campaign
    from planner.run.search_params import SearchParams
    from scenarios.answer.plans_kept import refuse_other_plans
    from scenarios.language.aim import senses_of

    with watching(quiet=asked.as_json) as progress:
        problem = build_problem(asked.scenario, asked.set, progress)
        if asked.out is not None:
            refuse_other_plans(asked.out, problem.grid.scenario.scenario, signs=asked.key is not None)
        front = senses_of(problem.grid.scenario.objective) is not None
        params = SearchParams(
            seed=asked.seed,
            effort=Work(asked.effort.value),
            seconds=asked.seconds,
            since=asked.since,
            plans=asked.plans or (FRONT_PLANS if front else PLANS),
            start=None if asked.start is None else read_start(asked.start, problem.grid),
            keep=None if asked.keep is None else parse_share_option(asked.keep, option="--keep"),
            gap=None if asked.gap is None else parse_share_option(asked.gap, option="--gap"),
        )
        size = question_size(problem.grid, coupled=problem.coupled)
        known = size.words if asked.seconds is not None else f"{size.words}: {size.takes(asked.effort.value)}"
        progress(Progress(stage="preparing", share_done=0.0, known=known))
        result = plan_campaign(problem, params, progress)
    if params.start is not None:
        for sentence in lines_on_nothing(problem.grid, problem.rulebook.idle, params.start):
            note(sentence)
    return Searched(problem=problem, params=params, result=result)


def written(
    asked: Asked, found: Searched, plan_set: PlanSet, secret: Callable[[], bytes] | None
) -> tuple[PlanSet, InvalidInput | None]:
    """Write the plans where that is asked for; return them as they stand there, and why they could not be written.

    Where what is printed is for a program, that ends the command.
    """
    from planner.export.plan_files import EXPORTED
    from scenarios.answer.archive import freeze
    from scenarios.answer.plan_files import write_plans
    from scenarios.problems import InvalidInput

    out, unwritten = asked.out, None
    if out is None:
        return plan_set, None
    try:
        sealed = None if secret is None else secret()
        frozen = freeze(found.problem.loaded, asked.seed)
        plan_set = write_plans(out, plan_set, found.result.accounts, frozen, sealed)
    except InvalidInput as error:
        if asked.as_json:
            raise
        unwritten = error  # the search may have taken long: what it found is shown all the same
    if not asked.as_json and (out / EXPORTED).exists():
        note(f"{out / EXPORTED} is the export of an older run; campaign export {shlex.quote(str(out))} renews it")
    return plan_set, unwritten


def refuse_keep() -> None:
    """Refuse to keep lines of no plan.

    Raises
    ------
    InvalidInput
        Always.
    """
    from scenarios.problems import InvalidInput, Problem

    expected, remedy = "a plan whose lines are kept", "name it by --start: LINES.csv, a plan folder or plans.json"
    raise InvalidInput([Problem(where="--keep", what="plan", expected=expected, got="no --start", remedy=remedy)])
