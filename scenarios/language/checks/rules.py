"""Cross-checks of rules: scopes that rules on prices can keep, margins in percent, ladders in order, runs that fit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from scenarios.language.checks.facts import Facts
from scenarios.language.data_paths import value_at
from scenarios.language.implied_ids import CONTACTS, MAX_RUN, VALID
from scenarios.language.schema import Product
from scenarios.language.schemas.rule import Locked, PriceLadder, ReferencePrice
from scenarios.language.scope import Scope
from scenarios.problems import Problem
from scenarios.word_list import listed

_KEYS = {
    "price_ladder": ("products", "categories", "periods"),
    "reference_price": ("products", "categories"),
}
"""Keys of ``where`` that narrow a rule on shelf prices."""


def price_scopes(facts: Facts) -> Iterator[Problem]:
    """Rules on shelf prices look at products as a whole: what any public cut makes of the price counts."""
    for path, rule in facts.members("rules", facts.scenario.rules):
        if not isinstance(rule, PriceLadder | ReferencePrice):
            continue
        for key in Scope.model_fields:
            if key not in _KEYS[rule.rule] and getattr(rule.where, key) is not None:
                known = listed(_KEYS[rule.rule])
                expected = f"only {known} in the where of {rule.rule}, which follows the shelf price of whole products"
                yield facts.problem((*path, "where", key), expected, f"{key}", f"delete {key}")


def ladders(facts: Facts) -> Iterator[Problem]:
    """Products of a ladder exist, and their regular prices keep its order."""
    known = facts.ids("products")
    priced: dict[str, Product] = {product.id: product for product in facts.products if product.price is not None}
    for path, rule in facts.members("rules", facts.scenario.rules):
        if not isinstance(rule, PriceLadder) or rule.order is None:
            continue
        for index, name in enumerate(rule.order):
            if known is not None and name not in known:
                yield facts.unknown((*path, "order", index), "product", name, known)
        for index, (cheap, dear) in enumerate(pairwise(rule.order), start=1):
            low, high = (priced[name].price if name in priced else None for name in (cheap, dear))
            if low is not None and high is not None and float(high) < float(low) * (1 + rule.step) * (1 - 1e-9):
                more = f"at least {rule.step:.1%} dearer than {cheap} ({low})" if rule.step else f"{low} or more"
                expected = f"a regular price of {dear} that is {more}, as the order says"
                yield facts.problem(
                    (*path, "order", index), expected, f"{high}", "correct the order, the step or the prices"
                )


def margins(facts: Facts) -> Iterator[Problem]:
    """A margin of 500 % is written with its sign: a bare 5 is meant as 5 %, and would leave no offer a slot."""
    for path, rule in facts.members("rules", facts.scenario.rules):
        written = value_at(facts.data, (*path, "margin"))
        if rule.rule == "min_price" and isinstance(written, int | float) and written > 1:
            remedy = f"write {written:g}%, or {100 * written:g}% if that is meant"
            yield facts.problem((*path, "margin"), "a share with its percent sign", remedy=remedy)


def long_runs(facts: Facts) -> Iterator[Problem]:
    """A run that is longer than the horizon fits in no plan: the rule would forbid every line without a word."""
    scenario = facts.scenario
    known = facts.whole("horizon", "history", "effects") and scenario.effects.table is not None
    if not known or scenario.history:
        return  # a run may have begun before the horizon, in a history that the data fills, too
    periods = scenario.horizon.periods
    for path, rule in facts.members("rules", scenario.rules):
        if rule.rule == "min_run" and rule.periods > periods:
            of = "the 1 period" if periods == 1 else f"the {periods} periods"
            expected = f"a run of at most {of} of the horizon, so that some line can be in one"
            yield facts.problem((*path, "periods"), expected, remedy="shorten it; a blackout says that nothing may run")


def excuses(facts: Facts) -> Iterator[Problem]:
    """What has run excuses rules that there are."""
    scenario = facts.scenario
    if not facts.whole("rules", "offers", "channels"):
        return
    known = [rule.id for rule in scenario.rules]
    known += [f"{MAX_RUN}{offer.id}" for offer in scenario.offers if offer.max_run is not None]
    known += [f"{VALID}{offer.id}" for offer in scenario.offers if offer.valid is not None]
    known += [f"{CONTACTS}{each.id}" for each in scenario.channels if each.contacts_per_customer is not None]
    for path, rule in facts.members("rules", scenario.rules):
        if not isinstance(rule, Locked) or not rule.excuses:
            continue
        for name in rule.excuses:
            if name not in known:
                yield facts.unknown((*path, "excuses", name), "rule", name, frozenset(known))


def pasts_as_they_were(facts: Facts) -> Iterator[Problem]:
    """What vendors pay and how many were written to is told of vendors, segments and channels that there are."""
    if not facts.whole("rules", "offers", "vendors", "products", "channels"):
        return
    known: dict[str, frozenset[str] | None] = {
        "vendor": facts.vendors(), "channel": facts.ids("channels"), "segment": facts.ids("segments")
    }  # fmt: skip
    for path, rule in facts.members("rules", facts.scenario.rules):
        if not isinstance(rule, Locked):
            continue
        if rule.funds and rule.until is None:
            expected, remedy = "until: the day up to which these lines are the whole plan", "write until, or drop funds"
            yield facts.problem((*path, "funds"), expected, remedy=remedy)
        told = [((*path, "funds", vendor), "vendor", vendor) for vendor in rule.funds]
        for number, each in enumerate(rule.sent):
            told += [((*path, "sent", number, name), name, getattr(each, name)) for name in ("channel", "segment")]
        for where, what, name in told:
            names = known[what]
            if names is not None and name not in names:
                yield facts.unknown(where, what, name, names)


def priced_pasts(facts: Facts) -> Iterator[Problem]:
    """The price law counts from a later day on only where the prices of the days before it are locked, thus known."""
    if not facts.whole("rules", "horizon"):
        return
    horizon, rules = facts.scenario.horizon, facts.scenario.rules
    priced = {rule.id for rule in rules if isinstance(rule, ReferencePrice)}
    untils = [rule.until for rule in rules if isinstance(rule, Locked) and rule.until is not None]
    known = max((horizon.period_of(until) + 1 for until in untils), default=0)
    for path, rule in facts.members("rules", rules):
        for name, day in rule.excuses.items() if isinstance(rule, Locked) else ():
            if name in priced and horizon.period_of(day) > max(known, 0):
                expected = "a day up to the one after what is locked, as reference_price looks at earlier prices"
                remedy = f"lock all days before it: until: {day - dt.timedelta(days=1)}, or name an earlier day"
                yield facts.problem((*path, "excuses", name), expected, str(day), remedy)


CHECKS = (price_scopes, margins, ladders, long_runs, excuses, pasts_as_they_were, priced_pasts)
"""Every check of rules by themselves."""
