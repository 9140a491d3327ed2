"""The command that plans along a value: sweep."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.options.declared import MOST_SEED, JsonOption, ScenarioArgument, SetOption
from planner.commands.options.how_long import Effort, refuse_seconds
from planner.commands.terminal.answering import ExitCode, answering
from planner.commands.terminal.printing import note, show, show_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.sweep.vary import Axis


@answering
def sweep(
    scenario: ScenarioArgument,
    vary: Annotated[
        list[str],
        typer.Option("--vary", metavar="KEY=FIRST:LAST:POINTS", help="What to vary, as in --set; several make a grid."),
    ],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write every point's plans here.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=MOST_SEED, help="Same seed, same plans.")] = 0,
    effort: Annotated[Effort, typer.Option("--effort", help="How much work each search does.")] = Effort.QUICK,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", metavar="N", help="Search each point for this long instead; not repeatable."),
    ] = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Plan at several values of anything in the scenario, and show profit against it."""
    from dataclasses import replace

    from planner.commands.planning.sweep_folder import SWEEP_CSV, SweepFolder, refuse_other
    from planner.commands.terminal.live import watching
    from planner.progress import Progress
    from planner.report.sweep import said, show_sweep
    from planner.report.sweep_data import sweep_json
    from planner.run.effort import Effort as Work
    from planner.run.search_params import SearchParams
    from planner.sweep.planned import SearchPlanner, varied_limit
    from planner.sweep.sweep import ignored
    from planner.sweep.sweep import sweep as plan_all
    from planner.sweep.vary import grid_size, read_axes
    from scenarios.answer.json_records import to_data
    from scenarios.loading.load import load_scenario

    axes = read_axes(vary)
    if seconds is not None:
        refuse_seconds(seconds)
    if out is not None:
        refuse_other(out, math.prod(len(axis.values) for axis in axes))
    _refuse_set(set_ or (), axes)
    _refuse_wrong(scenario, set_ or (), axes, vary)
    loaded = load_scenario(scenario, set_ or ())
    limit = varied_limit(loaded.scenario, axes[0].path) if len(axes) == 1 else None
    params = SearchParams(seed=seed, effort=Work(effort.value), seconds=seconds, plans=1, cross_fit=False)
    folder = None if out is None else SweepFolder(out, loaded.scenario.scenario)
    moment = [(0, 0)]
    with watching(quiet=json_) as progress:

        def watch(step: Progress) -> None:
            number, total = moment[0]
            done = None if step.share_done is None else min((number - 1 + step.share_done) / total, 1.0)
            progress(replace(step, stage=f"point {number} of {total}: {step.stage}", share_done=done))

        def begun(number: int, total: int) -> None:
            moment[0] = (number, total)

        planner = SearchPlanner(scenario, set_ or (), axes, params, out, watch)
        result = plan_all(axes, planner, limit, begun, ignored if folder is None else folder.table)
    document = to_data(sweep_json(result, loaded.scenario.scenario))
    if folder is not None and result.points:
        left = folder.end(result)
        if left:
            note(f"the plans of an older sweep in {', '.join(left)} are removed; what you put beside them is left")
    if json_:
        show_json(document)
    elif result.points:
        objective = next((p.plan_set.objective for p in result.points if p.plan_set is not None), "profit")
        show(*show_sweep(result, loaded.scenario.currency, objective))
        if out is not None:
            kept = next((point.folder for point in result.points if point.folder is not None), None)
            following = "" if kept is None else f"; next: campaign explain {shlex.quote(str(out / kept))}"
            note(f"wrote {out}: {said(result)}, {SWEEP_CSV}{following}")
    if result.interrupted:
        note(f"interrupted after {len(result.points)} of {grid_size(axes)}; what is done is kept")
    if not result.points:
        return ExitCode.INTERRUPTED
    return ExitCode.YES if any(point.best is not None for point in result.points) else ExitCode.NO


def _refuse_set(overrides: Sequence[str], axes: tuple[Axis, ...]) -> None:
    """Refuse to set what is varied: one of the two would not count.

    Raises
    ------
    InvalidInput
        With every such option.
    """
    from scenarios.problems import InvalidInput, Problem

    varied = {axis.path for axis in axes}
    expected, remedy = "a path that --vary does not vary", "leave out one of the two"
    problems = [
        Problem(where=f"--set {option}", what="path", expected=expected, got=path, remedy=remedy)
        for option in overrides
        if (path := option.partition("=")[0].strip()) in varied
    ]
    if problems:
        raise InvalidInput(problems)


def _refuse_wrong(scenario: str, overrides: Sequence[str], axes: tuple[Axis, ...], options: Sequence[str]) -> None:
    """Load the scenario with every value once, before hours of planning.

    Parameters
    ----------
    options
        The ``--vary`` option of each axis, as it was typed.

    Raises
    ------
    InvalidInput
        With what is wrong with the first bad value of each axis, under the name of its option.
    """
    from dataclasses import replace

    from scenarios.loading.load import load_scenario
    from scenarios.problems import Gathered, InvalidInput

    typed = {f"--set {one}" for one in overrides}
    sound = _loads(scenario, overrides)  # then whatever is wrong comes of what is varied
    first = [f"{axis.path}={axis.values[0]}" for axis in axes]
    gathered = Gathered()
    for alone in (True, False) if sound and len(axes) > 1 else (False,):
        for place, axis in enumerate(axes):
            for value in axis.values:
                here = f"{axis.path}={value}"
                varied = [here] if alone else [*first[:place], here, *first[place + 1 :]]
                shown = options[place : place + 1] if alone else options
                names = {f"--set {one}": f"--vary {option}" for one, option in zip(varied, shown, strict=True)}
                by = f" with --vary {' --vary '.join(varied)}" if sound else ""
                before = len(gathered.problems)
                with gathered.step():
                    try:
                        load_scenario(scenario, (*overrides, *varied))
                    except InvalidInput as error:
                        raise InvalidInput(
                            each
                            if each.where in typed
                            else replace(each, where=names.get(each.where, f"{each.where}{by}"))
                            for each in error.problems
                        ) from None
                if len(gathered.problems) > before:
                    break
        gathered.refuse()


def _loads(scenario: str, overrides: Sequence[str]) -> bool:
    """Whether a scenario can be used before anything is varied."""
    from scenarios.loading.load import load_scenario
    from scenarios.problems import InvalidInput

    try:
        load_scenario(scenario, overrides)
    except InvalidInput:
        return False
    return True
