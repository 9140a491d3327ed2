"""The command line ``campaign``: every command by name. Heavy imports happen inside the commands."""

from __future__ import annotations

from typing import Annotated

import typer

from planner import (
    commands_answer,
    commands_effects,
    commands_evaluate,
    commands_plan,
    commands_profiles,
    commands_question,
    commands_stress,
    commands_sweep,
)

app = typer.Typer(
    name="campaign",
    help="From one scenario file to ranked, checked, explained promotion plans.",
    epilog="Answers: exit code 0 yes, 1 no (infeasible, violated, worse than asked), 2 unusable input.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_PLANNING = "Planning"
_ANSWERS = "Plans that were made"
for _command, _panel in (
    (commands_question.init, _PLANNING),
    (commands_question.validate, _PLANNING),
    (commands_effects.effects, _PLANNING),
    (commands_plan.plan, _PLANNING),
    (commands_plan.score, _PLANNING),
    (commands_sweep.sweep, _PLANNING),
    (commands_answer.explain, _ANSWERS),
    (commands_answer.compare, _ANSWERS),
    (commands_answer.check, _ANSWERS),
    (commands_answer.export, _ANSWERS),
    (commands_stress.stress, _ANSWERS),
    (commands_effects.train, "Data and editors"),
    (commands_evaluate.evaluate, "Data and editors"),
    (commands_profiles.profiles, "Data and editors"),
    (commands_profiles.privacy, "Data and editors"),
    (commands_question.schema, "Data and editors"),
):
    app.command(rich_help_panel=_panel)(_command)


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


def main() -> None:
    """Run the command line; the console script ``campaign``."""
    app()
