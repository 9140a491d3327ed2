"""What cross-checks look at: the readable part of a scenario, its raw data, and which names are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from scenarios.language.data_paths import named, value_at
from scenarios.language.plan_lines import PlanLine
from scenarios.language.read_in import listed_products, listed_segments
from scenarios.language.schema import LearnedSegments, Product, Scenario, Segment
from scenarios.language.schemas.funding import OF_PRODUCT
from scenarios.language.schemas.rule import Forbidden, Locked
from scenarios.language.scope import Scope
from scenarios.language.values import usable_ids
from scenarios.problems import Path, Places, Problem, a_kind, did_you_mean, shown

Member = TypeVar("Member")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A scenario as far as it could be read."""

    scenario: Scenario
    data: dict[str, Any]
    places: Places
    kept: dict[str, tuple[int, ...]]
    """By section: the places in the file of the members that could be read; all where a section is not listed."""
    broken: frozenset[str]
    """Sections that could not be read at all."""
    lossy: frozenset[str]
    """Sections whose table lost rows, so that their ids are not all known."""
    custom: frozenset[str] | None
    """Custom measures of the effect table; None where they are unknown, so that no measure is refused for it."""

    @property
    def learned(self) -> bool:
        """Whether segments are still to be learned, so that their ids are unknown."""
        return isinstance(self.scenario.segments, LearnedSegments)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Declared segments that could be read."""
        return listed_segments(self.scenario)

    @property
    def products(self) -> tuple[Product, ...]:
        """Products that could be read."""
        return listed_products(self.scenario)

    def whole(self, *sections: str) -> bool:
        """Whether sections were read without any loss."""
        return not any(section in self.broken | self.lossy or section in self.kept for section in sections)

    def members(self, section: str, records: tuple[Member, ...]) -> Iterator[tuple[Path, Member]]:
        """Yield the path and record of each member of a section."""
        for index, record in zip(self.kept.get(section, range(len(records))), records, strict=True):
            yield (section, index), record

    def ids(self, section: str) -> frozenset[str] | None:
        """Return the ids that a section declares, broken members included; None where they cannot be known.

        Of two members with one id, one has lost its own: any name may be that.
        """
        if section == "segments" and self.learned:
            return None
        words = self._words_of(section, "id")
        return None if words is None or len(set(words)) < len(words) else frozenset(words)

    def _words_of(self, section: str, key: str) -> tuple[str, ...] | None:
        """Return what the members of a section write under a key; None where one of them cannot be known."""
        if section in self.broken | self.lossy:
            return None
        rows = self.data.get(section) or ()
        if not rows and section in ("segments", "products", "offers"):
            return None  # a problem of its own
        words = [row.get(key) if isinstance(row, dict) else None for row in rows]
        if not all(isinstance(word, str) for word in words):
            return None
        return tuple(str(word) for word in words)

    def vendors(self) -> frozenset[str] | None:
        """Return the vendors: those declared, or without a ``vendors`` section all that fund or supply something."""
        if "vendors" in self.data:
            return self.ids("vendors")
        if not self.whole("offers", "products"):
            return None
        funding = {each.vendor for offer in self.scenario.offers for each in offer.funders} - {OF_PRODUCT}
        return frozenset(funding | {product.vendor for product in self.products if product.vendor is not None})

    def categories(self) -> frozenset[str] | None:
        """Return the categories of the products, broken members included; None where they cannot be known."""
        words = self._words_of("products", "category")
        return None if words is None else frozenset(words)

    def scopes(self) -> Iterator[tuple[Path, Scope]]:
        """Yield every scope of limits and rules."""
        for path, limit in self.members("limits", self.scenario.limits):
            yield (*path, "where"), limit.where
            if limit.share_of is not None:
                yield (*path, "share_of", "where"), limit.share_of.where
        for path, rule in self.members("rules", self.scenario.rules):
            yield (*path, "where"), rule.where
            if rule.rule == "eligible":
                yield (*path, "only"), rule.only
            elif rule.rule == "never_with":
                yield (*path, "with"), rule.with_
            elif rule.rule == "only_after":
                yield (*path, "after"), rule.after

    def ruled_lines(self) -> Iterator[tuple[Path, Locked | Forbidden, PlanLine]]:
        """Yield every line of locked and forbidden rules with its path."""
        for path, rule in self.members("rules", self.scenario.rules):
            if isinstance(rule, Locked | Forbidden) and isinstance(rule.lines, tuple):
                for index, line in enumerate(rule.lines):
                    yield (*path, "lines", index), rule, line

    def history_lines(self) -> Iterator[tuple[Path, PlanLine]]:
        """Yield every line of the history with its path."""
        history = self.scenario.history
        yield from self.members("history", history if isinstance(history, tuple) else ())

    def problem(self, path: Path, expected: str, got: str = "", remedy: str = "") -> Problem:
        """Make a problem about the value at a path; ``got`` is the value itself by default."""
        value = value_at(self.data, path)
        got = got or (shown(value) if isinstance(value, str | int | float) else "")
        what = named(path, self.data)
        return Problem(where=self.places.at(path), what=what, expected=expected, got=got, remedy=remedy)

    def unknown(self, path: Path, kind: str, word: str, known: frozenset[str]) -> Problem:
        """Make the problem of a name that nothing has."""
        remedy = did_you_mean(word, usable_ids(known, kind), kind=kind)
        return self.problem(path, f"{a_kind(kind)} of the scenario", shown(word), remedy)
