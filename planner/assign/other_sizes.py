"""Of which segments a file holds other numbers of customers than the plan whose quotas are limits."""

from __future__ import annotations

import numpy as np

from constraints.assign.counted import Quotas
from constraints.assign.rows import RowSource
from constraints.assign.terms import Terms
from planner.figures import plural
from scenarios.first_few import first_few

ALIKE = 0.1
"""Share by which a segment of the file may differ from the plan's before it is told."""


def other_sizes(quotas: Quotas | None, terms: Terms, rows: RowSource) -> tuple[str, ...]:
    """Say of which segments there are other numbers than a plan counts on, a sentence; nothing without a plan."""
    if quotas is None:
        return ()
    held = sum((np.bincount(one.segment, minlength=len(terms.segments)) for one in rows.blocks()), start=np.zeros(1))
    found = [
        f"{plural(int(count), 'customer')} of {name} for {quotas.sizes[name]:,}"
        for name, count in zip(terms.segments, held.tolist(), strict=True)
        if abs(count - quotas.sizes.get(name, count)) > ALIKE * quotas.sizes.get(name, count)
    ]
    if not found:
        return ()
    return (f"the plan counts on other numbers than the file holds ({first_few(found)}): quotas are its own",)
