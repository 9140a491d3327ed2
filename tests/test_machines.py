"""Automata on one series are read together: what the bound knows of rules is what all of them accept."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from constraints.rules.forms import Entries, SeriesAutomaton
from constraints.rules.machines import Machine, machines
from constraints.rules.series import gap_automaton, run_automaton

PERIODS, WIDTH = 5, 4
SERIES = 7
"""Slot of the series' first period."""


def form(step: np.ndarray, start: int, choices: np.ndarray, accept: np.ndarray | None = None) -> SeriesAutomaton:
    """An automaton over one series of slots; ``choices`` [T, width] says what is active in which period."""
    period = np.flatnonzero(choices.any(axis=1))
    return SeriesAutomaton(
        entries=Entries(cell=period, slot=SERIES + period, choice_set=period, sets=choices),
        start=np.array([start]),
        step=step,
        reach=3,
        accept=accept,
    )


def reads(machine: Machine, word: tuple[int, ...]) -> bool:
    """Whether a machine accepts the choices of a series; of several true literals of a period there is but one."""
    letters = np.zeros(PERIODS, dtype=int)
    for slot, period, letter, choices in zip(
        machine.slot, machine.period, machine.letter, machine.choices, strict=True
    ):
        if choices[word[slot - SERIES]]:
            assert letters[period] == 0
            letters[period] = letter
    state = machine.start
    for letter in letters:
        state = machine.step[state, letter]
        if state < 0:
            return False
    return bool(machine.accept[state])


def accepts(rule: SeriesAutomaton, word: tuple[int, ...]) -> bool:
    """Whether one rule by itself accepts the choices."""
    active = np.zeros(PERIODS, dtype=int)
    for cell, number in zip(rule.entries.cell, rule.entries.choice_set, strict=True):
        active[cell] = rule.entries.sets[number, word[cell]]
    state = rule.start[0]
    for here in active:
        state = rule.step[state, here]
        if state < 0:
            return False
    return rule.accept is None or bool(rule.accept[state])


@pytest.mark.parametrize("seed", range(12))
def test_one_machine_accepts_what_every_rule_on_its_series_accepts(seed: int) -> None:
    """Runs, gaps and rules with ends, on sets of choices of their own that may leave periods out: one machine."""
    rng = np.random.default_rng(seed)
    rules = []
    for step in (run_automaton(2), gap_automaton(2), run_automaton(int(rng.integers(1, 4)))):
        choices = rng.random((PERIODS, WIDTH)) < 0.6
        choices[:, 0] = False
        choices[rng.integers(PERIODS)] = choices[rng.integers(PERIODS)] & (rng.random() < 0.5)
        accept = None if rng.random() < 0.6 else rng.random(len(step)) < 0.7
        rules.append(form(step, int(rng.integers(len(step))), choices, accept))
    found = machines(rules, PERIODS)
    assert len(found) == 1
    for word in itertools.product(range(WIDTH), repeat=PERIODS):
        assert reads(found[0], word) == all(accepts(rule, word) for rule in rules)


def test_rules_that_read_different_slots_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another series is another machine; so is a rule whose states together with the others' are too many."""
    every = np.ones((PERIODS, WIDTH), dtype=bool)
    every[:, 0] = False
    here = form(gap_automaton(3), 0, every)
    moved = Entries(cell=here.entries.cell, slot=here.entries.slot + PERIODS, choice_set=here.entries.cell, sets=every)
    there = SeriesAutomaton(entries=moved, start=here.start, step=here.step, reach=here.reach)
    assert len(machines([here, there], PERIODS)) == 2
    assert len(machines([here, form(run_automaton(2), 0, every)], PERIODS)) == 1
    monkeypatch.setattr("constraints.rules.machines.MANY_STATES", 4)
    assert len(machines([here, form(run_automaton(4), 0, every)], PERIODS)) == 2
