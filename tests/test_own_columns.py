"""Columns of an effect table that are read as measures of one's own, and were probably meant otherwise."""

from __future__ import annotations

import pytest
from shop import load_shop

from scenarios.loading.load import read_effects


@pytest.mark.parametrize(("low", "high"), [("low", "high"), ("CI_lower", "ci upper"), ("lower_95", "upper_95%")])
def test_ends_of_an_interval_by_another_name_are_asked_about(tmp_path, low, high):
    """They are read as measures of one's own; a note says what they were probably meant to be."""
    notes = read_effects(load_shop(tmp_path, effects={"lift_low,lift_high": f"{low},{high}"})).notes
    told = "of effects.csv is read as a measure of your own: rename it where"
    assert f"column {low} {told} lift_low is meant" in notes and f"column {high} {told} lift_high is meant" in notes


def test_a_spread_of_the_lift_is_asked_about(tmp_path):
    """How unsure a lift is is told by the ends of its interval; a standard error would count as an amount per use."""
    notes = read_effects(load_shop(tmp_path, effects={"lift_low,lift_high": "lift_sd,Std_Err"})).notes
    told = "of effects.csv is read as a measure of your own: where it is the standard error of the lift, write lift_low"
    assert any(note.startswith(f"column lift_sd {told}") for note in notes)
    assert any(note.startswith(f"column Std_Err {told}") for note in notes)


@pytest.mark.parametrize("columns", ["co2_high_load,highlights", "seats,sem_cost"])
def test_a_measure_of_ones_own_is_not_asked_about(tmp_path, columns):
    """A word that only holds one for an end, or for a spread, is another word."""
    notes = read_effects(load_shop(tmp_path, effects={"lift_low,lift_high": columns})).notes
    assert not any("measure of your own" in note for note in notes)
