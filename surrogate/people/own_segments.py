"""Segments that the retailer has already: everybody is told apart by its own customer list, nobody by a clustering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag
from scenarios.first_few import first_few
from scenarios.problems import InvalidInput, Problem
from surrogate.data.events import Events
from surrogate.data.files.pseudonyms import Pseudonyms, key_for
from surrogate.parts import Section, pack
from surrogate.people.profiles import Features
from surrogate.people.rest import REST
from surrogate.people.segments import Segmentation

OWN = "own-segments"
"""Name of the model's section that says whose the segments are."""


@dataclass(frozen=True, kw_only=True)
class ListedBy:
    """The list that a model's segments come from."""

    column: str
    """Column of the data file's demographics that says who is in which."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnSegments:
    """Who belongs to which of the retailer's segments."""

    ids: tuple[str, ...]
    """In the order in which the model keeps them."""
    members: Mapping[str, Sequence[str]]
    """Segment id -> ids of its customers, as the purchase files write them."""
    column: str = ""
    """Column of the data file's demographics that the list was read from; blank where it comes from elsewhere."""
    others: bool = False
    """Whether customers who stand in none make up ``rest``."""

    def sections(self) -> dict[str, Section]:
        """Return the section of a model that says whose its segments are; none for a list from elsewhere."""
        return {OWN: pack(ListedBy(column=self.column))} if self.column else {}

    def segmentation(self, events: Events, features: Features, *, least: int) -> Segmentation:
        """Return the segments of the described customers; of the list only those who bought count.

        Segments of which nobody has bought, as after a drive for members, are none of them: nothing tells of these.

        Parameters
        ----------
        least
            Fewest customers that a figure of the model may be about.

        Raises
        ------
        InvalidInput
            For segments of fewer customers who bought, ``rest`` among them, customers who bought and stand in no
            segment, where they are not ``rest``, and where no key of pseudonyms can be kept: then nobody on the list
            can be found among those who bought.
        """
        pseudonyms, everybody = Pseudonyms(key_for()), np.full(len(events.customers), -1)
        ids: tuple[str, ...] = ()
        for name in self.ids:
            mine = np.isin(events.customers, pseudonyms.numbers(list(self.members[name])))
            if mine.any():
                everybody[mine], ids = len(ids), (*ids, name)
        nobodys = everybody < 0
        if self.others and nobodys[features.customers].any():
            ids, everybody = (*ids, REST), np.where(nobodys, len(ids), everybody)
        label, problems = everybody[features.customers], []
        for number, name in enumerate(ids):
            bought = int((label == number).sum())
            if not (bought >= least):
                problems.append(_too_few(name, bought, least, listed=name in self.members))
        if not self.others and nobodys.any():
            got = f"{int(nobodys.sum()):,} customers who bought and stand in none"
            problems.append(Problem(where="data", what="segments", expected="one of each customer", got=got))
        if problems:
            raise InvalidInput(problems)
        names = tuple("everybody else" if name == REST else name for name in ids)
        return Segmentation(ids=ids, names=names, label=label, stability=1.0, least_visits=0.0, everybody=everybody)

    def of_model(self, ids: tuple[str, ...], events: Events, features: Features) -> Segmentation:
        """Return the segments of customers for a model that has learned of these, however small they are now.

        Raises
        ------
        InvalidInput
            When the list names other segments than the model, or nobody of one has bought.
        """
        found = self.segmentation(events, features, least=1)
        if found.ids != ids:
            problem = Problem(
                where="data file",
                what=f"demographics.segment: {self.column}",
                expected=f"the segments of the model: {', '.join(ids)}",
                got=", ".join(found.ids),
                remedy="name the data file that the model was trained on, or train again",
            )
            raise InvalidInput([problem])
        return found


def no_list(where: str, column: str) -> Problem:
    """Return the refusal of customers whom only the retailer's list can tell apart, where it is not at hand."""
    return Problem(
        where=where,
        what="segments",
        expected=f"the retailer's own list of who is in which segment ({column}), as in training",
        got="none: what customers bought does not say it",
        remedy="name the data file that the model was trained on, with its column segment",
    )


def own_notes(own: OwnSegments, found: Segmentation, asked: int | None) -> tuple[str, ...]:
    """Say whose segments a model has, and who is in none.

    Parameters
    ----------
    own, found
        The list, and who of those who bought is in which of its segments.
    asked
        How many segments were asked for.
    """
    if not own.column:
        return ()
    said = [f"Segments are the retailer's own, by the column {own.column} of the data file; none are learned."]
    silent = [f"{name} ({len(rows):,} on the list)" for name, rows in own.members.items() if name not in found.ids]
    if silent:
        said.append(
            f"Nobody has bought of {first_few(silent)}: nothing is learned of them, and the model has no such segment. "
            "Train again when they have bought; until then a scenario can ask for them by a profile."
        )
    if asked is not None:
        said.append(f"{asked} segments were asked for: that counts for nothing beside the retailer's own.")
    if REST in found.ids:
        rest = int((found.label == found.ids.index(REST)).sum())
        said.append(f"{rest:,} of {found.label.size:,} customers who bought stand in no segment: they are {REST}.")
    return tuple(said)


def _too_few(name: str, bought: int, least: int, *, listed: bool) -> Problem:
    expected = f"at least {least} customers who bought, the smallest group that a model may describe"
    remedy = "join small segments, or leave the cells of these customers blank: then they are rest"
    if not listed:
        expected += ", or nobody who stands in no segment"
        remedy = "say for these customers, too, in which segment they are"
    return Problem(where="data", what=f"segment {name}", expected=expected, got=str(bought), remedy=remedy)


def without_own(names: Sequence[str], column: str) -> Flag:
    """Return whether each feature [F] is none of the words of the list's own column, which tell nothing new."""
    label = f"{column.replace('_', ' ')} is "
    return np.array([not (column and name.startswith(label)) for name in names])
