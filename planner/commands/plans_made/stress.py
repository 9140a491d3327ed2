"""The command that shocks a plan: stress. It imports neither JAX nor a solver."""

from __future__ import annotations

from planner.commands.given.ranked_plan import ranked_plan
from planner.commands.options.declared import FolderArgument, JsonOption, PlanOption
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import show, show_json


@answering
def stress(folder: FolderArgument, plan: PlanOption = 1, json_: JsonOption = False) -> ExitCode:
    """Shock a plan: redemption doubles, demand falls, vendors withdraw, stock is late, a competitor cuts prices."""
    from constraints.shocks.stress import stress as put_under_shocks
    from planner.commands.terminal.live import watching
    from planner.progress import Progress
    from planner.report.names import names_of
    from planner.report.stress import show_stress, stress_json
    from scenarios.answer.plan_files import plan_place, read_plans

    directory = read_plans(folder)
    ranked = ranked_plan(directory.plan_set, plan, folder)
    with watching(quiet=json_) as progress:
        report = put_under_shocks(
            directory.problem(),
            ranked,
            where=plan_place(folder, plan),
            told=lambda title: progress(Progress(stage=title)),
        )
    if json_:
        show_json(stress_json(report, folder=str(folder), rank=plan))
    else:
        names = names_of(directory.problem().scenario)
        show(*show_stress(report, title=f"{folder}: plan {plan} under shocks", names=names))
    return ExitCode.YES if report.kept else ExitCode.NO
