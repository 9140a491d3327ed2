"""Lines that people write (history, locked, forbidden): they fit the offers, the horizon and each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from scenarios.language.checks.facts import Facts
from scenarios.language.plan_lines import PlanLine, whom
from scenarios.language.schema import Offer
from scenarios.language.schemas.rule import Blackout, Eligible, Forbidden, Locked
from scenarios.language.scope import Scope
from scenarios.language.where import holds
from scenarios.language.words import ANONYMOUS, BASKET, EVERYBODY, Layer
from scenarios.problems import Path, Problem, shown
from scenarios.scope_mask import in_scope, with_basket


def line_words(facts: Facts) -> Iterator[Problem]:
    """Lines name offers, products and segments that exist and go together."""
    offers = {offer.id: offer for offer in facts.scenario.offers}
    known_offers, known_products, known_segments = facts.ids("offers"), facts.ids("products"), facts.ids("segments")
    ruled = ((path, line) for path, _, line in facts.ruled_lines())
    for path, line in (*facts.history_lines(), *ruled):
        if known_offers is not None and line.offer not in known_offers:
            yield facts.unknown((*path, "offer"), "offer", line.offer, known_offers)
        if line.product != BASKET and known_products is not None and line.product not in known_products:
            yield facts.unknown((*path, "product"), "product", line.product, known_products | {BASKET})
        if line.segment != EVERYBODY and known_segments is not None and line.segment not in known_segments:
            yield facts.unknown((*path, "segment"), "segment", line.segment, known_segments)
        offer = offers.get(line.offer)
        if offer is not None:
            yield from _fits(facts, path, line, offer)


def _fits(facts: Facts, path: Path, line: PlanLine, offer: Offer) -> Iterator[Problem]:
    public = offer.layer is Layer.PUBLIC
    if public and line.segment != EVERYBODY:
        expected = f"no segment for {offer.id}, a public offer"
        yield facts.problem((*path, "segment"), expected, remedy=f"leave the segment out or write {EVERYBODY}")
    if not public and line.segment == EVERYBODY:
        expected = f"one segment for {offer.id}, a targeted offer"
        yield facts.problem((*path, "segment"), expected, shown(EVERYBODY), "write one line for each segment")
    if (line.product == BASKET) != offer.is_basket:
        expected = f"the product {BASKET}" if offer.is_basket else "a product"
        remedy = f"write {BASKET}" if offer.is_basket else "name the product that it is for"
        yield facts.problem((*path, "product"), f"{expected} for {offer.id}, a {offer.kind}", remedy=remedy)
    if offer.quantity is None and line.quantity != 1:
        expected = f"no quantity for {offer.id}, whose pieces are not counted"
        yield facts.problem((*path, "quantity"), expected, remedy="delete it, or give the offer quantity levels")
        return
    for key, levels in (("coverage", offer.coverage), ("quantity", offer.quantity or (1.0,))):
        wanted: float = getattr(line, key)
        if not any(abs(wanted - level) < 1e-9 for level in levels):
            known = ", ".join(f"{100 * level:g}%" for level in levels)
            expected = f"a {key} level of {offer.id}: {known}"
            remedy = "use a level, or add it to the offer"
            yield facts.problem((*path, key), expected, f"{100 * wanted:g}%", remedy)


def line_dates(facts: Facts) -> Iterator[Problem]:
    """Locked and forbidden lines lie inside the horizon, history before it."""
    horizon = facts.scenario.horizon
    if "horizon" in facts.broken:
        return
    for path, rule, line in facts.ruled_lines():
        if not (0 <= horizon.period_of(line.date) < horizon.periods):
            expected = f"a date within the horizon, {horizon.start} to {horizon.last_day}"
            yield facts.problem((*path, "date"), expected, str(line.date), f"correct it or delete the {rule.rule} line")
    for path, line in facts.history_lines():
        if line.date >= horizon.start:
            expected = f"a date before the horizon, which starts on {horizon.start}"
            yield facts.problem((*path, "date"), expected, str(line.date), "correct it, or lock the line by a rule")


def slots_once(facts: Facts) -> Iterator[Problem]:
    """No slot is locked twice, and no past slot held two offers."""
    if "horizon" in facts.broken:
        return
    layers = {offer.id: offer.layer for offer in facts.scenario.offers}
    locked = ((path, line) for path, rule, line in facts.ruled_lines() if isinstance(rule, Locked))
    for lines in (locked, facts.history_lines()):
        seen: dict[tuple[int, str, str, Layer | None], Path] = {}
        for path, line in lines:
            period = facts.scenario.horizon.period_of(line.date)
            slot = (period, line.product, line.segment, layers.get(line.offer))
            if slot in seen:
                where = f"{line.product}{whom(line.segment)} on {line.date}"
                got = f"a second for {where} (first at {facts.places.at(seen[slot])})"
                yield facts.problem(path, "one line in a slot", got, "delete one")
            seen.setdefault(slot, path)


def contradictions(facts: Facts) -> Iterator[Problem]:
    """No rule excludes a line that another rule locks, and no locked line lies where its offer does not apply."""
    offers = {offer.id: offer for offer in facts.scenario.offers}
    readable = {BASKET} | {product.id for product in facts.products}
    forbidden = [(rule.id, line) for _, rule, line in facts.ruled_lines() if isinstance(rule, Forbidden)]
    for path, rule, line in facts.ruled_lines():
        offer = offers.get(line.offer)
        if not isinstance(rule, Locked) or offer is None or line.product not in readable:
            continue
        elsewhere = (line.product == BASKET) != offer.is_basket  # a problem of its own
        if not elsewhere and not _applies(facts, line, offer) and _all_known(facts, _reach(offer)):
            expected = f"a line where offer {offer.id} applies"
            got = f"{line.product} on {line.date}{whom(line.segment)}"
            widen = "" if _to_nobody(line, offer) else f"widen applies_to of {offer.id}, or "
            yield facts.problem(path, expected, got, f"{widen}delete the locked line")
        against = [rule_id for rule_id, other in forbidden if _same(facts, line, other)]
        for other_rule in facts.scenario.rules:
            if not _all_known(facts, other_rule.where):
                continue
            if (
                isinstance(other_rule, Blackout)
                and other_rule.where != Scope()
                and touches(facts, other_rule.where, line, offer)
            ):
                against.append(other_rule.id)
            elif isinstance(other_rule, Eligible):
                concerned = touches(facts, other_rule.where, line, offer)
                if concerned and _all_known(facts, other_rule.only) and not inside(facts, other_rule.only, line, offer):
                    against.append(other_rule.id)
        for rule_id in dict.fromkeys(against):
            if _excused(facts, rule_id, line):
                continue
            got = f"rule {rule_id}, which excludes {line.offer} for {line.product} on {line.date}"
            expected = f"no rule against a line that rule {rule.id} locks"
            yield facts.problem(path, expected, got, f"delete the line from {rule.id}, or narrow {rule_id}")
        yield from _closed(facts, path, rule, line)


def _excused(facts: Facts, rule_id: str, line: PlanLine) -> bool:
    """Whether a rule counts from a later day on only, because it is broken by what has run."""
    period = facts.scenario.horizon.period_of
    days = [
        rule.excuses[rule_id] for rule in facts.scenario.rules if isinstance(rule, Locked) and rule_id in rule.excuses
    ]
    return bool(days) and period(line.date) < period(max(days))


def _closed(facts: Facts, path: Path, rule: Locked, line: PlanLine) -> Iterator[Problem]:
    """Other locks that allow only their own lines up to a later day; a slot is locked once, so this line is none."""
    period = facts.scenario.horizon.period_of
    for other in facts.scenario.rules:
        if not isinstance(other, Locked) or other.id == rule.id or other.until is None:
            continue
        if period(line.date) <= period(other.until):
            expected = f"no rule against a line that rule {rule.id} locks"
            got = f"rule {other.id}, which allows no lines but its own until {other.until}"
            yield facts.problem(
                path, expected, got, f"move the line to {other.id}, or end its until before {line.date}"
            )


def _same(facts: Facts, line: PlanLine, other: PlanLine) -> bool:
    period = facts.scenario.horizon.period_of
    return (
        period(line.date) == period(other.date)
        and (line.product, line.segment, line.offer) == (other.product, other.segment, other.offer)
        and abs(line.coverage - other.coverage) < 1e-9
        and abs(line.quantity - other.quantity) < 1e-9
    )


def _reach(offer: Offer) -> Scope:
    where = offer.applies_to
    return Scope(products=where.products, categories=where.categories, segments=where.segments, periods=where.periods)


def _applies(facts: Facts, line: PlanLine, offer: Offer) -> bool:
    return not _to_nobody(line, offer) and touches(facts, _reach(offer), line, offer)


def _to_nobody(line: PlanLine, offer: Offer) -> bool:
    """Whether a targeted line is for sales without a customer, whom nobody can send anything."""
    return line.segment == ANONYMOUS and offer.layer is not Layer.PUBLIC


def _all_known(facts: Facts, scope: Scope) -> bool:
    """Whether a scope holds no misspelt name: what it excludes then is no contradiction but that one mistake."""
    names = (
        (scope.segments, facts.ids("segments")),
        (scope.products, facts.ids("products")),
        (scope.categories, facts.categories()),
        (scope.offers, facts.ids("offers")),
    )
    return all(words is None or known is None or known.issuperset(words) for words, known in names)


def touches(facts: Facts, scope: Scope, line: PlanLine, offer: Offer) -> bool:
    """Whether a line has anything to do with a scope; a public line reaches every segment."""
    horizon = facts.scenario.horizon
    reached = scope.segments is None or line.segment == EVERYBODY or line.segment in scope.segments
    day = horizon.date_of(horizon.period_of(line.date))
    return reached and _same_kind(facts, scope, line, offer) and holds(scope.periods, day, horizon.period_days)


def inside(facts: Facts, scope: Scope, line: PlanLine, offer: Offer) -> bool:
    """Whether all of a line lies in a scope: every segment that it reaches, every day of its period."""
    horizon = facts.scenario.horizon
    segments = facts.ids("segments")
    if scope.segments is not None:
        if line.segment != EVERYBODY and line.segment not in scope.segments:
            return False
        if line.segment == EVERYBODY and segments is not None and not segments.issubset(scope.segments):
            return False
    first = horizon.date_of(horizon.period_of(line.date))
    days = [first + dt.timedelta(days=day) for day in range(horizon.period_days)]
    in_time = scope.periods is None or all(any(day in span for span in scope.periods) for day in days)
    return in_time and _same_kind(facts, scope, line, offer)


def _same_kind(facts: Facts, scope: Scope, line: PlanLine, offer: Offer) -> bool:
    """Whether a scope admits the line's offer (a vendor is the one that funds it) and its product."""
    product = next((product for product in facts.products if product.id == line.product), None)
    if not in_scope(scope, offer, None if product is None else product.vendor):
        return False
    if line.product == BASKET:
        return with_basket(scope)
    category = None if product is None else product.category
    return (scope.products is None or line.product in scope.products) and (
        scope.categories is None or category in scope.categories
    )


CHECKS = (line_words, line_dates, slots_once, contradictions)
"""Every check of lines."""
