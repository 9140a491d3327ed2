"""A ratio in the workbook is one figure, wherever it stands."""

from __future__ import annotations

from plan_folders import good_lines, write_folder
from spreadsheet import read, totals_of

from planner.export.workbook import workbook
from planner.problem import build_problem
from scenarios.answer.plan_files import read_plans


def test_a_ratio_is_the_same_figure_on_every_sheet(tmp_path):
    """ROI and margin rate of Summary are rounded as the limits on them are, which the check prints."""
    limits = "limits=[{id: pays, measure: roi, min: -1}, {id: rate, measure: margin_rate, min: 1%}]"
    problem = build_problem("template-basic", ("currency=EUR", limits))
    write_folder(problem, tmp_path / "plans", good_lines(problem), good_lines(problem)[:2], ())
    directory = read_plans(tmp_path / "plans")
    for plan in directory.plan_set.plans:
        raw = workbook(directory, plan)
        labels = read(raw)["Summary"]
        by_label = {labels[f"A{row}"]: figures for row, figures in totals_of(raw).items()}
        used = {limit.id: float(limit.used) for limit in plan.limits}
        if plan.rank == 1:  # the other one spends nothing
            assert by_label["ROI"] == (used["pays"], used["pays"], 0)
        assert by_label["margin rate"] == (used["rate"], used["rate"], 0)
