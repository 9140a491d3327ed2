"""Arguments and options that several commands take, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A shipped scenario's name, or the path of a YAML file.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="What-if without editing: limits.total-budget.max=900000."),
]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="Key file that a folder is signed with (HMAC-SHA256, mode 600)."),
]
MOST_SEED = 2**63 - 1
"""The largest seed; a longer one could not be read back from what a run writes."""
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A folder that campaign plan --out wrote.")]
PlanOption = Annotated[int, typer.Option("--plan", metavar="N", min=1, help="Which plan, by its rank.")]
