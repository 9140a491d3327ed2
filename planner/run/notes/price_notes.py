"""What a reader must know of the shadow prices of a run: that there are none, or that they are rough."""

from __future__ import annotations

from planner.figures import MANY, MoneyStyle, money_style, share
from planner.reasons.standing.explain import Counted
from planner.run.shadow import Shadow

FAR = 0.25
"""Share of the best plan's objective from which on what the programme of the prices gains over it is told."""


def price_notes(shadow: Shadow, objective: float, counted: Counted, currency: str) -> tuple[str, ...]:
    """Say where no shadow prices are known, and where they were found far from the best plan.

    Parameters
    ----------
    objective
        What the best plan is worth to the linear programme, on expected effects.
    counted
        What that is counted in.
    """
    if shadow.ended:
        missed = "over which bounds prices of limits hold" if shadow.prices else "what limits are worth"
        return (f"the time was over before it was found {missed}; more --seconds, or an --effort, tell",)
    if not shadow.prices:
        return ("shadow prices are not known: the linear programme over single changes of the best plan has no answer",)
    size = abs(objective)
    style = money_style(currency, [shadow.beyond]) if counted.money else MoneyStyle(currency=currency, digits=2)
    near = shadow.beyond < FAR * size or style(shadow.beyond) == style(0)
    if near or not any(each.price > 0 for each in shadow.prices.values()):
        return ()
    more = f" ({share(shadow.beyond / size, digits=0)})" if shadow.beyond < MANY * size else ""
    return (
        f"shadow prices are rough here: the linear programme that they come from gains {style(shadow.beyond)}{more} "
        "over the best plan, by parts of lines that may not go together, and prices limits where it ends",
    )
