"""`--why` of effects that a table tells: its rows, named by their lines."""

from __future__ import annotations

import numpy as np
import pytest

from planner.problem import problem_of
from planner.reasons.effect_scores import effect_scores
from planner.reasons.why import Why, why
from planner.report.learned.why import show_why, why_json
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput
from scenarios.tables.effect_lines import speaking_rows


def test_table_effects_name_their_rows():
    """For effects of a table, the line of the file is named, and it holds what is shown."""
    loaded = load_scenario("phone-flash-sale")
    problem = problem_of(loaded)
    found = why(problem, loaded, "students", "nova-cut-12", "nova-11")
    assert found.explanation is None and len(found.rows) == 1
    row = found.rows[0]
    assert row.written["product"] == "nova-11" and row.written["offer"] == "nova-cut-12"
    raw = loaded.tables[loaded.scenario.effects.table].decode("utf-8-sig").splitlines()
    assert "nova-11" in raw[row.line - 1] and row.written["lift"] in raw[row.line - 1]
    assert found.score.lift == pytest.approx(float(row.written["lift"]))
    document = why_json(problem.grid, found)
    assert document["rows"][0]["line"] == row.line and document["format"] == "campaign-why/1"


def test_rows_that_speak_are_those_that_were_read():
    """Every cell's lift is that of the row that is named for it."""
    loaded = load_scenario("phone-flash-sale")
    name = loaded.scenario.effects.table
    found = speaking_rows(loaded.scenario, loaded.tables[name], name)
    lift = np.array([float(text) for text in found.table.columns["lift"]])
    known = found.row >= 0
    assert known.any()
    np.testing.assert_allclose(loaded.effects.lift[0][known], lift[found.row[known]])


def test_scores_of_all_products_are_the_table_of_effects():
    """Without --product, the figures are those of the table of effect scores."""
    loaded = load_scenario("phone-flash-sale")
    problem = problem_of(loaded)
    found = why(problem, loaded, "students", "nova-cut-12")
    scores = effect_scores(problem.grid, problem.effects)
    assert found.score in scores and isinstance(found, Why)
    assert list(show_why(problem.grid, found))
    with pytest.raises(InvalidInput, match="expected an offer of the scenario"):
        why(problem, loaded, "students", "nova-cut")
