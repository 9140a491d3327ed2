"""The question of a running campaign as it is asked now: other limits, rules, stock and funds; the rest as planned.

While a campaign runs, budgets are cut or raised, deliveries come late, vendors withdraw, offers must not run any more.
What has run was counted with prices, costs, offers and segments, and its forecast with lifts and baselines: these stay
what they were, and a question that changes them is another campaign's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from constraints.checking.differences import NOTHING, Difference, compare
from constraints.checking.question import another_question, fixed_differences, table_differences
from scenarios.answer.archive import Frozen, question_file
from scenarios.answer.plan_files import PROBLEM
from scenarios.language.read_in import listed_segments, products_of
from scenarios.language.schema import Scenario
from scenarios.loading.load import LoadedScenario, load_scenario
from scenarios.loading.resolve import resolve
from scenarios.problems import InvalidInput, Problem
from scenarios.response.effects import Learned

CHANGEABLE = {"products": ("stock", "arrivals"), "vendors": ("fund",), "gifts": ("stock",)}
"""What else than limits and rules may be asked otherwise while a campaign runs, by section of the scenario."""


@dataclass(frozen=True, kw_only=True)
class Otherwise:
    """One thing that is asked otherwise."""

    place: str
    """``products.case.stock``."""
    words: str
    """A sentence that begins with the place."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AskedNow:
    """A question that is asked otherwise than the running plan was."""

    source: LoadedScenario
    """What it was read from: the new folder keeps it as its question."""
    scenario: Scenario
    """Resolved, with what stays as it was planned."""
    otherwise: tuple[Otherwise, ...]
    """What is asked otherwise, one by one."""

    @property
    def said(self) -> tuple[str, ...]:
        """The same in the words of sentences that begin with the day."""
        return tuple(each.words for each in self.otherwise)

    def kept_in(self, frozen: Frozen) -> Frozen:
        """Return a problem whose own question is this one, from now on."""
        source = self.source
        return replace(frozen, name=source.name, raw=source.raw, overrides=source.overrides, tables=source.tables)


def kept_question(folder: Path, frozen: Frozen, overrides: Sequence[str] = ()) -> LoadedScenario:
    """Read the question that a plan folder keeps, with further ``--set`` changes.

    A model that it names lies where the question was planned and is not looked for: the folder holds its effects.

    Raises
    ------
    InvalidInput
        Where a change does not fit it, or it cannot be read without files that lie elsewhere.
    """
    path = folder / PROBLEM / question_file(frozen)
    found = load_scenario(path, (*frozen.overrides, *overrides), known_effects=True)
    return replace(found, name=frozen.name)


def asked_now(folder: Path, frozen: Frozen, own: LoadedScenario) -> AskedNow:
    """Take what may change while a campaign runs from a question, and everything else from the plan that runs.

    Parameters
    ----------
    folder, frozen
        The plan folder, and its problem.
    own
        The question as it is asked now.

    Raises
    ------
    InvalidInput
        With one problem for everything that differs and may not, or that does not fit what was learned from data.
    """
    _refuse_fixed(frozen, own)
    planned = frozen.scenario
    # What the running plan has learned holds the factors of its baseline already.
    source = own if own.effects is not None else resolve(replace(own, times=None), _as_learned(frozen))
    asked = source.scenario
    changes = {section: _merged(planned, asked, section, keys) for section, keys in CHANGEABLE.items()}
    scenario = planned.model_copy(update={"limits": asked.limits, "rules": asked.rules, **changes})
    return AskedNow(source=own, scenario=scenario, otherwise=_otherwise(_asked_before(folder, frozen), scenario))


def _refuse_fixed(frozen: Frozen, own: LoadedScenario) -> None:
    """Refuse a question in which something differs that has run already."""
    another = another_question(own.name, own.scenario, frozen.scenario)
    if another:
        expected, remedy = "the question that was planned, with other limits, rules or stock", "campaign plan plans it"
        raise InvalidInput([Problem(where=own.name, what="question", expected=expected, got=another, remedy=remedy)])
    found = fixed_differences(own, frozen)
    if own.effects is not None:
        found += table_differences(own, frozen, frozen.believed)
    # `fixed_differences` looks from the copy at the plan: what it expects is what the copy says.
    problems = [
        Problem(where=own.name, what=each.place, expected=f"{each.got}, as it was planned", got=each.expected,
                remedy="what has run was counted with it; limits, rules, stock, arrivals and funds may change")
        for each in found
    ]  # fmt: skip
    if problems:
        raise InvalidInput(problems)


def _as_learned(frozen: Frozen) -> Learned:
    """What data or a model had said when the running plan was made."""
    scenario = frozen.scenario
    segments = listed_segments(scenario)
    prices = {each.id: float(each.price) for each in products_of(scenario) if each.price is not None}
    history = scenario.history if isinstance(scenario.history, tuple) else ()
    return Learned(effects=frozen.effects, segments=segments, prices=prices, history=history, orders={}, accuracy={})


def _merged(planned: Scenario, asked: Scenario, section: str, keys: tuple[str, ...]) -> tuple[Any, ...]:
    """The planned records of a section, with some keys as they are asked now."""
    now = {each.id: each for each in getattr(asked, section)}
    return tuple(
        each.model_copy(update={key: getattr(now[each.id], key) for key in keys}) if each.id in now else each
        for each in getattr(planned, section)
    )


def _asked_before(folder: Path, frozen: Frozen) -> Scenario:
    """What was asked when the running plan was made: as the folder keeps it, without what reality has moved since."""
    try:
        return kept_question(folder, frozen).scenario
    except InvalidInput:  # it needs files that lie elsewhere, such as a model
        return frozen.scenario


def _otherwise(before: Scenario, now: Scenario) -> tuple[Otherwise, ...]:
    """What is asked otherwise, one by one."""
    found = compare(_changeable(before), _changeable(now), file="")
    return tuple(Otherwise(place=each.place, words=_sentence(each)) for each in found)


def _sentence(difference: Difference) -> str:
    if difference.expected == NOTHING:
        return f"{difference.place} is asked for, too{_value(difference, difference.got)}"
    if difference.got == NOTHING:
        return f"{difference.place} is not asked for any more{_value(difference, difference.expected)}"
    return f"{difference.place} is {difference.got}, no longer {difference.expected}"


def _value(difference: Difference, words: str) -> str:
    """A value in brackets; a whole limit or rule is named by its place."""
    return "" if difference.place.endswith(f".{words}") else f" ({words})"


def _changeable(scenario: Scenario) -> dict[str, Any]:
    """What may change, as plain data by section and id."""
    dumped = {name: {each.id: each.model_dump(mode="json", by_alias=True) for each in getattr(scenario, name)}
              for name in ("limits", "rules")}  # fmt: skip
    for section, keys in CHANGEABLE.items():
        dumped[section] = {
            each.id: {key: _plain(getattr(each, key)) for key in keys} for each in getattr(scenario, section)
        }
    return dumped


def _plain(value: Any) -> Any:
    """A value for a sentence: arrivals as one, day by day."""
    if isinstance(value, Mapping):
        return ", ".join(f"{units:,} on {day}" for day, units in sorted(value.items())) or "none"
    return value
