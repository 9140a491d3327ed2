"""The command line ``campaign``: every command by name. Heavy imports happen inside the commands."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.commands.data import evaluate, profiles, train
from planner.commands.planning import effects, plan, question, score, sweep
from planner.commands.plans_made import answer, explain, stress
from planner.commands.running import assign, flight, replan, simulate
from planner.commands.terminal.usage import PlainCommand, PlainGroup

app = typer.Typer(
    name="campaign",
    cls=PlainGroup,
    help="From one scenario file to ranked, checked, explained promotion plans.",
    epilog="Answers: exit code 0 yes, 1 no (infeasible, violated, worse than asked), 2 unusable input.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_PLANNING = "Planning"
_ANSWERS = "Plans that were made"
_RUNNING = "Running campaign"
for _command, _panel in (
    (question.init, _PLANNING),
    (question.validate, _PLANNING),
    (effects.effects, _PLANNING),
    (plan.plan, _PLANNING),
    (score.score, _PLANNING),
    (sweep.sweep, _PLANNING),
    (explain.explain, _ANSWERS),
    (answer.compare, _ANSWERS),
    (answer.check, _ANSWERS),
    (answer.export, _ANSWERS),
    (stress.stress, _ANSWERS),
    (flight.monitor, _RUNNING),
    (flight.report, _RUNNING),
    (replan.replan, _RUNNING),
    (simulate.simulate, _RUNNING),
    (assign.assign, _RUNNING),
    (assign.decide, _RUNNING),
    (train.train, "Data and editors"),
    (evaluate.evaluate, "Data and editors"),
    (profiles.profiles, "Data and editors"),
    (profiles.privacy, "Data and editors"),
    (question.schema, "Data and editors"),
):
    app.command(cls=PlainCommand, rich_help_panel=_panel)(_command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"campaign-planner {version('campaign-planner')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """From one scenario file to ranked, checked, explained promotion plans."""
