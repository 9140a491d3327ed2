"""Commands about plans that were made: explain, compare, check, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands_question import JsonOption
from planner.terminal import ExitCode, answering

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A folder that campaign plan --out wrote.")]
PlanOption = Annotated[int, typer.Option("--plan", metavar="N", min=1, help="Which plan, by its rank.")]


@answering
def explain(folder: FolderArgument, plan: PlanOption = 1, json_: JsonOption = False) -> ExitCode:
    """Say of every line what it contributes, what limits it, and what the best alternative would cost."""
    raise NotImplementedError


@answering
def compare(
    left: Annotated[str, typer.Argument(metavar="A", help="A plan folder, or DIR:N for its plan N.")],
    right: Annotated[str, typer.Argument(metavar="B", help="Another one, or another plan of the same folder.")],
    json_: JsonOption = False,
) -> ExitCode:
    """Lay two plans side by side: line changes and money."""
    raise NotImplementedError


@answering
def check(
    folder: FolderArgument,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", metavar="FILE", help="Your own copy of the question, to compare.")
    ] = None,
    json_: JsonOption = False,
) -> ExitCode:
    """Recompute every plan from scratch, limit by limit, without the optimiser; find tampering."""
    raise NotImplementedError


@answering
def export(
    folder: FolderArgument,
    csv: Annotated[bool, typer.Option("--csv", help="As lines.csv, limits.csv and bridge.csv (the default).")] = True,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="TO", help="Folder to write to; csv/ inside DIR otherwise.")
    ] = None,
    plan: PlanOption = 1,
    json_: JsonOption = False,
) -> ExitCode:
    """Write the lines, limits and bridge of a plan as CSV files."""
    raise NotImplementedError
