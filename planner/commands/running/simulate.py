"""The command that runs the whole loop in a simulated market: simulate."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from planner.commands.options.declared import MOST_SEED, JsonOption, ScenarioArgument, SetOption
from planner.commands.options.how_long import Effort
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import show, show_json

POLICIES = ("planner", "last-year", "uniform")
PAST_WEEKS = 44
"""Weeks of a past that nobody named the length of: as many as the learning was measured with (docs/market.md)."""


class Learn(StrEnum):
    """How one campaign teaches the next."""

    UPDATE = "update"
    RETRAIN = "retrain"


@answering
def simulate(
    scenario: ScenarioArgument,
    policy: Annotated[
        list[str] | None,
        typer.Option("--policy", metavar="NAME", help="planner, last-year or uniform; several are compared."),
    ] = None,
    campaigns: Annotated[int, typer.Option("--campaigns", min=1, max=100, help="Campaigns in a row.")] = 6,
    drift: Annotated[
        str, typer.Option("--drift", metavar="SHARE", help="How much customers change in every campaign: 30%.")
    ] = "0%",
    learn: Annotated[
        Learn,
        typer.Option(
            "--learn", help="How the planner learns from a campaign: update what it believes, or retrain the surrogate."
        ),
    ] = Learn.UPDATE,
    past: Annotated[
        int | None,
        typer.Option(
            "--past",
            metavar="WEEKS",
            min=0,
            help=f"Weeks that the market lives before the first campaign ({PAST_WEEKS} to retrain on, else none).",
        ),
    ] = None,
    replans: Annotated[
        int, typer.Option("--replans", min=0, max=50, help="Times that the planner plans the rest again.")
    ] = 2,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MOST_SEED, help="Same seed, same market, same course.")] = 0,
    effort: Annotated[Effort, typer.Option("--effort", help="How much work each search does.")] = Effort.QUICK,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Run the whole loop in a simulated market (plan, run, monitor, adjust, learn or retrain); show what it earns."""
    from planner.commands.terminal.live import watching
    from planner.figures import parse_share_option
    from planner.problem import build_problem
    from planner.replan.replan import ReplanParams
    from planner.report.flight.simulate import show_courses, simulate_json
    from planner.run.effort import Effort as Work
    from planner.simulate.campaign import CampaignParams
    from planner.simulate.life import require_past
    from planner.simulate.loop import Learn as Way
    from planner.simulate.loop import LoopParams, Policy
    from planner.simulate.loop import simulate as run_all
    from planner.simulate.world import LIVED, world_of

    wanted, weeks = _policies(policy or ["planner"]), _weeks(past, learn)
    work = Work(effort.value)
    params = LoopParams(
        campaigns=campaigns,
        drift=parse_share_option(drift, option="--drift"),
        seed=seed,
        campaign=CampaignParams(effort=work, replans=replans, replan=ReplanParams(effort=work)),
        learn=Way(learn.value),
        past_weeks=weeks,
    )
    with watching(quiet=json_) as progress:
        problem = build_problem(scenario, set_ or (), progress)
        if weeks:
            require_past(problem, "--past" if learn is Learn.UPDATE else "--learn retrain")
        market, world = world_of(problem, seed, customers=LIVED if weeks else None)
        courses = run_all(problem, market, tuple(Policy(name) for name in wanted), params, progress)
    asked = problem.loaded.scenario
    if json_:
        show_json(simulate_json(courses, params, asked.scenario, asked.currency, world))
    else:
        show(*show_courses(courses, params, asked.currency, world))
    return ExitCode.YES


def _policies(names: list[str]) -> list[str]:
    """Return the policies that were asked for, each once.

    Raises
    ------
    InvalidInput
        For another name.
    """
    from scenarios.problems import InvalidInput, Problem, did_you_mean

    wrong = [name for name in names if name not in POLICIES]
    if wrong:
        expected = f"one of {', '.join(POLICIES)}"
        raise InvalidInput(
            [
                Problem(
                    where="--policy", what="policy", expected=expected, got=name, remedy=did_you_mean(name, POLICIES)
                )
                for name in wrong
            ]
        )
    return list(dict.fromkeys(names))


def _weeks(past: int | None, learn: Learn) -> int:
    """Return how many weeks the market lives before the first campaign.

    Raises
    ------
    InvalidInput
        For a past that is too short or too long, and none to train on.
    """
    from planner.simulate.life import LONGEST, SHORTEST
    from scenarios.problems import InvalidInput, Problem

    if past is None:
        return PAST_WEEKS if learn is Learn.RETRAIN else 0
    if (past == 0 and learn is Learn.UPDATE) or SHORTEST <= past <= LONGEST:
        return past
    expected = f"{SHORTEST} to {LONGEST} weeks" + (", or 0 for none" if learn is Learn.UPDATE else " to train on")
    raise InvalidInput([Problem(where="--past", what="weeks", expected=expected, got=str(past))])
