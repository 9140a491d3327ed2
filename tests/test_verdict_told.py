"""What the test of a training says against levels and lifts goes on to whoever plans with the model."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml
from command_line import run
from grocery_sample import CATEGORIES, sample_model, sample_scenario
from held_town import town
from test_verdict_apart import rows_of

from surrogate.held_out.measured import SECTION, KeptTest
from surrogate.held_out.verdict_apart import levels_and_effects
from surrogate.model_file import save_model
from surrogate.parts import pack, unpack
from surrogate.scoring.score import score


def judged(levels, lifts):
    """Return the sample model with a kept test of a town in which levels and lifts are off by these factors."""
    held = town(lift_sd=0.05, base_cv=0.02)
    lift = held.network / held.baseline - 1
    rows = tuple(rows_of(held, held.baseline * levels * (1 + lifts * lift), held.baseline * levels))
    model = sample_model()
    kept = unpack(model.sections[SECTION], KeptTest)
    section = pack(replace(kept, measured=replace(kept.measured, rows=rows)))
    return replace(model, sections={**model.sections, SECTION: section}), levels_and_effects(rows)


def told(model, **changes):
    """Return the notes of the sample's effects that are verdicts on levels or effects."""
    notes = score(model, sample_scenario(**changes)).effects.notes
    return tuple(note for note in notes if note.startswith(("Levels: ", "Effects: ")))


def test_a_verdict_against_levels_or_lifts_is_a_note_of_the_effects():
    """The very sentence that `train` prints; where levels and lifts are right, nothing is said of them."""
    wrong_levels, (levels, _, _) = judged(1.35, 1)
    wrong_lifts, (_, effects, _) = judged(1, 4)
    assert told(wrong_levels) == (levels,) and levels.startswith("Levels: do not trust them")
    assert told(wrong_lifts) == (effects,) and effects.startswith("Effects: do not trust the lifts")
    assert told(judged(1, 1)[0]) == ()
    assert told(replace(sample_model(), sections={})) == ()


def test_a_scenario_that_corrects_levels_is_not_told_to_do_so():
    """With times of its own the scenario is asked to compare them with the miss that the test found."""
    (said,) = told(judged(1.35, 1)[0], baseline={"times": 0.8})
    assert "What you know of the coming weeks" not in said and "look whether by as much" in said


def test_scores_say_against_lifts_wherever_the_model_came_from():
    """Read from a folder or learned from data: the sentence against all lifts is part of what is learned."""
    assert score(judged(1, 4)[0], sample_scenario()).distrust.startswith("Do not trust the lifts of this model")
    assert score(judged(1, 1)[0], sample_scenario()).distrust == ""


@pytest.mark.parametrize("with_json", [True, False])
def test_the_command_tells_the_notes_of_its_effects(tmp_path, with_json):
    """`campaign effects` names wrong levels as JSON, too, beside what it says of its own."""
    model, (levels, _, _) = judged(1.35, 1)
    save_model(model, tmp_path / "model")
    asked = sample_scenario().model_dump(mode="json", include={"scenario", "currency", "channels"})
    asked |= {"horizon": {"start": "2017-10-30", "periods": 3, "unit": "week"}, "segments": {"learn": {}}}
    asked |= {"offers": [{"id": "cut", "mechanic": "price_discount", "depth": "20%"}], "effects": {"model": "model"}}
    asked |= {"products": [{"id": product, "category": "food", "unit_cost": "65%"} for product in CATEGORIES]}
    (tmp_path / "sample.yaml").write_text(yaml.safe_dump(asked))
    result = run("effects", tmp_path / "sample.yaml", *(["--json"] if with_json else []))
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)["notes"] if with_json else " ".join(result.stdout.split())
    assert levels in said
