"""The command that runs the whole loop in a simulated market: simulate."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.commands.plan import Effort
from planner.commands.question import MOST_SEED, JsonOption, ScenarioArgument, SetOption
from planner.commands.terminal import ExitCode, answering, show, show_json

POLICIES = ("planner", "last-year", "uniform")


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
    replans: Annotated[
        int, typer.Option("--replans", min=0, max=50, help="Times that the planner plans the rest again.")
    ] = 2,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MOST_SEED, help="Same seed, same market, same course.")] = 0,
    effort: Annotated[Effort, typer.Option("--effort", help="How much work each search does.")] = Effort.QUICK,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Run the whole loop in a simulated market (plan, run, monitor, adjust, learn) and show what it earns."""
    from planner.commands.live import watching
    from planner.figures import parse_share_option
    from planner.problem import build_problem
    from planner.replan.replan import ReplanParams
    from planner.report.simulate import show_courses, simulate_json
    from planner.run.effort import Effort as Work
    from planner.simulate.campaign import CampaignParams
    from planner.simulate.loop import LoopParams, Policy
    from planner.simulate.loop import simulate as run_all
    from planner.simulate.world import world_of

    wanted = _policies(policy or ["planner"])
    work = Work(effort.value)
    params = LoopParams(
        campaigns=campaigns,
        drift=parse_share_option(drift, option="--drift"),
        seed=seed,
        campaign=CampaignParams(effort=work, replans=replans, replan=ReplanParams(effort=work)),
    )
    with watching(quiet=json_) as progress:
        problem = build_problem(scenario, set_ or (), progress)
        market, world = world_of(problem, seed)
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
