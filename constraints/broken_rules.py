"""Which rules some plans break, by the compiled forms: many plans at once, where only the names are asked for."""

from __future__ import annotations

import numpy as np

from constraints.enforce.protocol import lines_of
from constraints.rulebook import RuleBook
from constraints.rules.forms import Fixed, Masks
from scenarios.arrays import Flag, Plan

AT_A_TIME = 256
"""Plans that are looked at together: more would only take more memory."""


def broken_rules(book: RuleBook, plans: Plan) -> list[tuple[str, ...]]:
    """Ids of the rules that each of some plans [P, N] breaks, in the scenario's order."""
    names = [rule.id for rule in book.rules]
    found: list[tuple[str, ...]] = []
    for first in range(0, len(plans), AT_A_TIME):
        table = _broken(book, plans[first : first + AT_A_TIME])
        found += [tuple(names[rule] for rule in np.flatnonzero(row)) for row in table]
    return found


def _broken(book: RuleBook, plans: Plan) -> Flag:
    """[P, rules] whether a plan breaks a rule."""
    table = np.zeros((len(plans), len(book.rules)), dtype=bool)
    plan, slot = lines_of(plans)
    choice = plans[plan, slot]
    for number, rule in enumerate(book.rules):
        for form in rule.forms:
            if isinstance(form, Masks):
                table[plan[form.forbidden[slot, choice]], number] = True
            elif isinstance(form, Fixed):
                table[:, number] |= (plans[:, form.slots] != form.choices).any(axis=1)
    place = {rule.id: number for number, rule in enumerate(book.rules)}
    for enforced in book.forms:
        for rule_id, count in zip(enforced.rule_ids, enforced.broken(plans).T, strict=True):
            table[:, place[rule_id]] |= count > 0
    return table
