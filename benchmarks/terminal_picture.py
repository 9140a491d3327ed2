"""Draw docs/plan.svg: what ``campaign plan`` shows of a plan folder, as the terminal shows it.

Run it after ``campaign plan phone-flash-sale --out plans/``::

    python benchmarks/terminal_picture.py plans/ docs/plan.svg
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from planner.report.one_plan.bridge import show_bridge
from planner.report.one_plan.calendar import Calendar
from planner.report.side_by_side.ranking import show_baselines, show_ranking
from scenarios.answer.plan_files import read_plans

WIDTH = 112


def draw(folder: Path, target: Path) -> None:
    """Write the picture of a folder's best plan."""
    directory = read_plans(folder)
    plan_set, scenario = directory.plan_set, directory.problem().scenario
    best = plan_set.plans[0]
    console = Console(record=True, width=WIDTH, force_terminal=True, file=io.StringIO(), highlight=False, markup=False)
    for part in (
        show_ranking(plan_set, scenario),
        show_baselines(best, plan_set.currency),
        Calendar(plan=best, scenario=scenario),
        show_bridge(best, plan_set.currency),
    ):
        console.print(part)
        console.print()
    title = f"campaign plan {scenario.scenario} --out {folder.name}/"
    target.write_text(console.export_svg(title=title, theme=MONOKAI, unique_id="plan"), encoding="utf-8")


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
