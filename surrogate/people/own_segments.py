"""Segments that the retailer has already: everybody is told apart by its own customer list, nobody by a clustering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.problems import InvalidInput, Problem
from surrogate.data.events import Events
from surrogate.data.pseudonyms import Pseudonyms, key_for
from surrogate.people.profiles import Features
from surrogate.people.segments import Segmentation


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnSegments:
    """Who belongs to which of the retailer's segments."""

    ids: tuple[str, ...]
    """In the order in which the model keeps them."""
    members: Mapping[str, Sequence[str]]
    """Segment id -> ids of its customers, as the purchase files write them."""

    def segmentation(self, events: Events, features: Features, *, least: int) -> Segmentation:
        """Return the segments of the described customers; of the list only those who bought count.

        Parameters
        ----------
        least
            Fewest customers that a figure of the model may be about.

        Raises
        ------
        InvalidInput
            For segments of fewer customers who bought, customers who bought and stand in no segment, and where no key
            of pseudonyms can be kept: then nobody on the list can be found among those who bought.
        """
        pseudonyms, everybody = Pseudonyms(key_for()), np.full(len(events.customers), -1)
        for number, name in enumerate(self.ids):
            everybody[np.isin(events.customers, pseudonyms.numbers(list(self.members[name])))] = number
        label, problems = everybody[features.customers], []
        for number, name in enumerate(self.ids):
            bought = int((label == number).sum())
            if not (bought >= least):
                expected = f"at least {least} customers who bought, the smallest group that a model may describe"
                remedy = "give more weeks of purchases, or join small segments"
                problems.append(
                    Problem(where="data", what=f"segment {name}", expected=expected, got=str(bought), remedy=remedy)
                )
        if (everybody < 0).any():
            got = f"{int((everybody < 0).sum()):,} customers who bought and stand in none"
            problems.append(Problem(where="data", what="segments", expected="one of each customer", got=got))
        if problems:
            raise InvalidInput(problems)
        return Segmentation(
            ids=self.ids, names=self.ids, label=label, stability=1.0, least_visits=0.0, everybody=everybody
        )
