"""Commands that plan: plan, score."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from planner.commands_question import JsonOption, ScenarioArgument, SetOption
from planner.terminal import ExitCode, answering


class Effort(StrEnum):
    """How much work a run may do."""

    QUICK = "quick"
    NORMAL = "normal"
    THOROUGH = "thorough"


@answering
def plan(
    scenario: ScenarioArgument,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write the plans to this folder.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same plans.")] = 0,
    effort: Annotated[Effort, typer.Option("--effort", help="How much work the search does.")] = Effort.NORMAL,
    seconds: Annotated[
        float | None,
        typer.Option("--seconds", metavar="N", help="Search for this long instead; such a run is not repeatable."),
    ] = None,
    plans: Annotated[int, typer.Option("--plans", min=1, max=20, help="How many plans to return.")] = 5,
    start: Annotated[
        Path | None, typer.Option("--start", metavar="LINES.csv", help="Improve this plan instead of starting empty.")
    ] = None,
    gap: Annotated[
        str | None, typer.Option("--gap", metavar="SHARE", help="Answer no (exit 1) where the gap is larger: 5%.")
    ] = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Search for the best plans inside every limit, check them, and show them."""
    raise NotImplementedError


@answering
def score(
    scenario: ScenarioArgument,
    lines: Annotated[
        Path, typer.Argument(metavar="LINES.csv", help="Columns date, product, segment, offer, coverage.")
    ],
    against: Annotated[
        Path | None, typer.Option("--against", metavar="DIR", help="Compare with the best plan in this folder.")
    ] = None,
    set_: SetOption = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Evaluate and check a plan that a person made."""
    raise NotImplementedError
