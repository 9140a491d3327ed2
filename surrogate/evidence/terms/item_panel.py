"""The item panel: weekly sales of all customers beside what the ensemble expects of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from surrogate.effects.demand import assemble, item_bump, log_baseline
from surrogate.effects.fit import Member
from surrogate.effects.season import SEASON_WEEKS
from surrogate.effects.spans import FitCells
from surrogate.evidence.terms.panel import Panel
from surrogate.shelf.cells import Shelf


def item_panel(members: tuple[Member, ...], cells: FitCells, shelf: Shelf) -> Panel:
    """Return units, baseline and bump of every item, groups of customers added up, members averaged.

    Parameters
    ----------
    members
        Fitted on these cells.
    cells
        What groups of customers bought, and the declared offers that reached them.
    shelf
        The weeks and what was promoted, without the discounts that declared offers explain.

    Notes
    -----
    Baselines are each item's mean over the weeks: weekly levels would take up dips that follow deals. A season of two
    waves a year cannot, but would hide them where it is left in the sales, so the panel carries its columns along.
    Bumps are those of fresh offers; what tires customers is for whoever looks at the panel to find.
    """
    deals = None if cells.deals is None else replace(cells.deals, tired=np.zeros_like(cells.deals.tired))
    bases, bumps = [], []
    for net, nuisance in members:
        own = assemble(shelf, cells.units, cells.features, cells.customers, deals=deals, span=cells.span)
        base = np.exp(log_baseline(net, nuisance, own))
        total = np.maximum(base.sum(axis=0), 1e-9)
        bumps.append((base * np.exp(item_bump(net, nuisance, own))).sum(axis=0) / total)
        bases.append(base.sum(axis=0).mean(axis=1))
    return Panel(
        units=cells.units.sum(axis=0),
        base=np.mean(bases, axis=0),
        bump=np.mean(bumps, axis=0),
        category=shelf.category,
        usable=shelf.counted,
        year=shelf.calendar if shelf.weeks.size >= SEASON_WEEKS else None,
    )
