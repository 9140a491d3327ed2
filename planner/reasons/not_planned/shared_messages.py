"""Messages that no line of them pays for alone: what each would bring with all lines that are worth sending in it.

The first line of a message bears its whole cost, so every line of a message that a plan leaves out can lose by itself,
and all of them together gain.
"""

from __future__ import annotations

import numpy as np

from constraints.rulebook import RuleBook
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.messages import Messages, Together
from scenarios.arrays import Flag, Float, Plan


def shared_messages(evaluator: Evaluator, book: RuleBook, plan: Plan, gain: Float, open_: Flag) -> tuple[Together, ...]:
    """Every message of several lines that a plan [N] could send and does not, with what it would gain.

    Of lines that rules let come only one by one, and of those that they bar all, a message is told as if there were no
    rules: what bars it is told with it.

    Parameters
    ----------
    gain : [N, width]
        Exact gains of single changes of the objective.
    open_ : bool [N, width]
        Choices that may be told of.
    """
    messages = evaluator.messages
    if messages is None:
        return ()
    worth = messages.priced(evaluator.weighed(1.0, np.zeros(len(evaluator.limits.ids))))
    if not worth.any():
        return ()
    allowed = book.allowed(plan)
    found = []
    for each in _entered(messages, plan, gain, worth, open_ & allowed):
        kept = book.compatible(plan, each.slots, each.choices, gain[each.slots, each.choices], allowed)
        some = each._replace(slots=each.slots[kept], choices=each.choices[kept])
        found.append(some if len(some.slots) > 1 else each)
    barred = _entered(messages, plan, gain, worth, open_)
    return (*found, *(each for each in barred if not allowed[each.slots, each.choices].any()))


def _entered(messages: Messages, plan: Plan, gain: Float, worth: Float, possible: Flag) -> list[Together]:
    return messages.listed(messages.entered(plan, gain, worth, possible), worth)


def worth_sending(evaluator: Evaluator, plan: Plan, together: Together, line: int, least: float) -> Plan:
    """A plan [N] with all lines of a message that are worth sending beside one of them, truly valued.

    Lines of one message act on each other. So those that lose beside the others go, the worst first.

    Parameters
    ----------
    line
        Slot of the one that stays.
    least
        What is no gain.
    """
    whole = plan.copy()
    whole[together.slots] = together.choices
    others = together.slots[together.slots != line]
    value = float(evaluator.value(whole[None]).objective[0])
    while len(others):
        without = np.repeat(whole[None], len(others), axis=0)
        without[np.arange(len(others)), others] = plan[others]
        values = evaluator.value(without).objective
        worst = int(values.argmax())
        if values[worst] <= value + least:
            break
        whole, value, others = without[worst], float(values[worst]), np.delete(others, worst)
    return whole
