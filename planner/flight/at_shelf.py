"""Member prices: targeted offers that stand at the shelf, sent to nobody, so that no audience leaves anybody out."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine


def at_shelf(grid: Grid, lines: Sequence[PlanLine], segment: str) -> tuple[tuple[str, ...], bool]:
    """Return the targeted offers of a segment that stand at the shelf, and whether any other reaches it."""
    here = {line.offer for line in lines if line.segment == segment}
    offers = [offer for offer in grid.scenario.offers if offer.id in here]
    return tuple(offer.id for offer in offers if offer.at_the_shelf), any(not offer.at_the_shelf for offer in offers)


def stands_there(offers: Sequence[str]) -> str:
    """Say where some offers stand.

    Examples
    --------
    >>> stands_there(["member-price"])
    'member-price stands at the shelf'
    """
    return f"{' and '.join(offers)} {'stands' if len(offers) == 1 else 'stand'} at the shelf"


def who_is_kept_from(offers: Sequence[str], *, held: bool) -> str:
    """Say what keeps somebody from prices at the shelf, and what that means for those who are held out, or nobody is.

    Parameters
    ----------
    held
        Whether some segment that gets them keeps customers out.
    """
    sent, it = ("is", "it") if len(offers) == 1 else ("are", "them")
    only = f"only a till that looks customers up in the audience files keeps anybody from {it}"
    then = (
        "where those held out pay the same as everybody, the holdout shows less than is expected here"
        if held
        else "for such tills --holdout sets a share"
    )
    return f"{stands_there(offers)} and {sent} sent to nobody: {only}; {then}"
