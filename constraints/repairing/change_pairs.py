"""Pairs of changes, by true evaluation: what single changes, and CP-SAT on the linear model, cannot see.

Within limits that bind, a better plan is often two changes away while neither is allowed, or worth it, alone: one line
goes so that another fits, two lines together reach a floor. A linear model proposes such pairs too, but where fatigue
or cannibalisation bends the use of a tight limit its best pair is refused, and it knows no second one. Here the most
promising single changes are evaluated truly; what two of them would do follows by addition, interactions apart; and
the best of these pairs are evaluated truly in turn.
"""

from __future__ import annotations

import numpy as np

from constraints.enforce.protocol import Rules
from constraints.repairing.trials import State, Trials, dust
from scenarios.arrays import Int

PAIRS = 24
"""Pairs that are evaluated truly, the most hopeful ones that keep the rules."""
LOOKED_AT = 20 * PAIRS
"""Pairs whose rules are looked at, the most hopeful ones: where rules forbid nearly all, the search goes elsewhere."""


def best_pair(trials: Trials, rules: Rules, state: State, slots: Int, choices: Int) -> State | None:
    """The best plan at most two changes away; None where none is better.

    Less excess over limits counts first, then a better objective.

    Parameters
    ----------
    state
        Keeps every rule.
    slots, choices : [M]
        Single changes to combine; each may break rules by itself, because a second one may mend them.
    """
    if not len(slots):
        return None
    plans = np.repeat(state.plan[None], len(slots), axis=0)
    plans[np.arange(len(slots)), slots] = choices
    singles = trials.states(plans)
    objective = np.array([single.objective for single in singles])
    excess = np.array([single.excess for single in singles])
    first, second = np.triu_indices(len(slots), 1)
    apart = slots[first] != slots[second]
    first, second = first[apart], second[apart]
    earned = objective[first] + objective[second] - state.objective
    broken = (excess[first] + excess[second] - state.excess).clip(min=0.0).sum(axis=1)
    # Pairs that seem to break a limit come last, but they come: interactions may lower what two lines use together.
    hopeful = np.flatnonzero((broken < state.broken) | (earned > state.objective + dust(state)))
    looked_at = hopeful[np.lexsort((-earned[hopeful], broken[hopeful]))][:LOOKED_AT]
    pairs = plans[:0]
    for begin in range(0, len(looked_at), PAIRS):
        some = looked_at[begin : begin + PAIRS]
        both = plans[first[some]]
        both[np.arange(len(some)), slots[second[some]]] = choices[second[some]]
        pairs = np.concatenate([pairs, both[rules.keeps(both)]])[:PAIRS]
        if len(pairs) == PAIRS:
            break
    found = [single for single, kept in zip(singles, rules.keeps(plans), strict=True) if kept]
    found += trials.states(pairs) if len(pairs) else []
    best = min((state, *found), key=lambda each: (each.broken, -each.objective))
    return None if best is state else best
