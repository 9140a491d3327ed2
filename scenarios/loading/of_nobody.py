"""Cross-checks of sales without a customer: what a scenario says of them or asks for them that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.language.checks.facts import Facts
from scenarios.language.scope import Scope
from scenarios.language.words import ANONYMOUS, Layer
from scenarios.problems import Problem
from scenarios.scope_mask import in_scope_on_some


def spelt_otherwise(facts: Facts) -> Iterator[Problem]:
    """Refuse the word in other letters: such a segment would be one of customers, whom offers can be sent to."""
    for path, segment in facts.members("segments", facts.segments):
        if segment.known and segment.id.lower() == ANONYMOUS:
            expected = f"{ANONYMOUS} for sales without a customer, or another word for a segment of customers"
            yield facts.problem((*path, "id"), expected, segment.id, f"did you mean {ANONYMOUS}?")


def no_profile(facts: Facts) -> Iterator[Problem]:
    """Refuse a profile of those of whom nothing is known: it would change nothing."""
    for path, segment in facts.members("segments", facts.segments):
        if not segment.known and segment.profile:
            expected = f"no profile of {ANONYMOUS}: nothing is known of who buys without a customer's name"
            yield facts.problem((*path, "profile"), expected, ", ".join(segment.profile), "delete profile")


def no_floor(facts: Facts) -> Iterator[Problem]:
    """Refuse a rule that asks for targeted offers for them by name: they can get none."""
    if not facts.whole("offers", "products"):
        return
    for path, rule in facts.members("rules", facts.scenario.rules):
        named = rule.where.segments or ()
        if rule.rule == "fairness" and ANONYMOUS in named and _sent_only(facts, rule.where):
            expected = "segments whose customers are known: nobody can be sent an offer where sales have no customer"
            remedy = (
                f"delete {ANONYMOUS} there" if len(named) > 1 else "delete the rule, or let a public offer match it"
            )
            yield facts.problem((*path, "where", "segments"), expected, ANONYMOUS, remedy)


def _sent_only(facts: Facts, where: Scope) -> bool:
    """Whether targeted offers match a scope, and no others."""
    offers = (one for one in facts.scenario.offers if in_scope_on_some(where, one, facts.products))
    return {one.layer for one in offers} == {Layer.TARGETED}


CHECKS = (spelt_otherwise, no_profile, no_floor)
"""Every check of sales without a customer."""
