"""Mending: a plan that breaks rules made to keep them at little loss."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from constraints.enforce.changes import Losses
from constraints.enforce.floors import Floors
from constraints.enforce.protocol import Mendable
from scenarios.arrays import Flag, Float, Int, Plan

PASSES = 12
"""Passes of dropping lines before broken groups are reset to a plan that keeps them; each mends every form once."""
WAKING_PASSES = 4
"""Passes in which coupled rules may ask for lines; after them only floors may, all others drop lines."""


def mend(
    book: Mendable, plan: Plan, loss: Float, open_: Flag, fallback: Callable[[], Plan], held: Int | None = None
) -> Plan:
    """Drop lines, and bring in such as coupled rules ask for, until every rule is kept.

    Parameters
    ----------
    plan : int8 [N]
        Any plan.
    loss : [N, width]
        What the objective loses by each choice of a slot against its current one.
    open_ : bool [N, width]
        Choices that may come in.
    fallback
        Gives the plan [N] that groups which stay broken are reset to; called only where some do.
    held : [M], optional
        Slots that stay as they are, beside locked ones; only a reset changes them.
    """
    at = np.arange(len(plan))
    base, fixed = book.base, book.fixed
    if held is not None:
        base, fixed = base.copy(), fixed.copy()
        base[held], fixed[held] = False, True
        base[held, plan[held]] = True
    mended = plan.copy()
    wrong = np.flatnonzero(~base[at, plan])
    mended[wrong] = np.where(base[wrong], loss[wrong], np.inf).argmin(axis=1)
    clearing = np.where(mended > 0, loss[:, 0] - loss[at, mended], 0.0)
    number = 0
    while number < 3 * PASSES:
        before = mended.copy()
        for form in book.plain_forms:
            mended[form.mend(mended, clearing, fixed)] = 0
        _settle(book, mended, loss, base, open_, number)
        if book.keeps(mended[None])[0]:
            return mended
        resets = number >= PASSES
        if resets:
            for each in book.forms:
                involved = each.involved(mended)
                mended[involved] = fallback()[involved]
        stuck = number >= WAKING_PASSES and np.array_equal(mended, before)
        if stuck and resets:
            break
        # All passes before the first reset would be like this one.
        number = PASSES if stuck else number + 1
    return fallback().copy()


def _settle(book: Mendable, mended: Plan, loss: Float, base: Flag, open_: Flag, number: int) -> None:
    """Let coupled rules drop lines and, in the first passes, bring in such as no other rule forbids."""
    for form in book.coupled_forms:
        if not form.broken(mended[None]).any():
            continue
        waking = np.zeros_like(open_)
        if number < WAKING_PASSES or isinstance(form, Floors):
            waking = open_ & book.allowed(mended, loosely=True)
        moves = form.settle(mended, Losses.of(mended, loss, base, waking))
        mended[moves.slots] = moves.choices.astype(np.int8)
