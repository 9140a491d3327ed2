"""Lines that people write (history, locked, forbidden): they fit the offers, the horizon and each other."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.facts import Facts
from scenarios.problems import Path, Problem, shown
from scenarios.rule_schema import Blackout, Eligible, Forbidden, Locked, PlanLine
from scenarios.schema import Offer
from scenarios.scope import Scope
from scenarios.words import BASKET, EVERYBODY, Layer


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
    if (line.product == BASKET) != offer.mechanic.is_basket:
        expected = f"the product {BASKET}" if offer.mechanic.is_basket else "a product"
        yield facts.problem((*path, "product"), f"{expected} for {offer.id}, a {offer.mechanic.value}")
    if not any(abs(line.coverage - level) < 1e-9 for level in offer.coverage):
        levels = ", ".join(f"{100 * level:g}%" for level in offer.coverage)
        expected = f"a coverage level of {offer.id}: {levels}"
        yield facts.problem(
            (*path, "coverage"), expected, f"{100 * line.coverage:g}%", "use a level, or add it to the offer"
        )


def line_dates(facts: Facts) -> Iterator[Problem]:
    """Locked and forbidden lines lie inside the horizon, history before it."""
    horizon = facts.scenario.horizon
    if "horizon" in facts.broken:
        return
    last = horizon.date_of(horizon.periods - 1)
    for path, rule, line in facts.ruled_lines():
        if not (0 <= horizon.period_of(line.date) < horizon.periods):
            expected = f"a date within the horizon, {horizon.start} to {last}"
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
                who = "" if line.segment == EVERYBODY else f" for {line.segment}"
                got = f"a second for {line.product}{who} on {line.date} (first at {facts.places.at(seen[slot])})"
                yield facts.problem(path, "one line in a slot", got, "delete one")
            seen.setdefault(slot, path)


def contradictions(facts: Facts) -> Iterator[Problem]:
    """No rule excludes a line that another rule locks, and no locked line lies where its offer does not apply."""
    offers = {offer.id: offer for offer in facts.scenario.offers}
    forbidden = [(rule.id, line) for _, rule, line in facts.ruled_lines() if isinstance(rule, Forbidden)]
    for path, rule, line in facts.ruled_lines():
        offer = offers.get(line.offer)
        if not isinstance(rule, Locked) or offer is None:
            continue
        if not _applies(facts, line, offer):
            expected = f"a line where offer {offer.id} applies"
            got = f"{line.product} on {line.date}" + ("" if line.segment == EVERYBODY else f" for {line.segment}")
            yield facts.problem(path, expected, got, f"widen applies_to of {offer.id}, or delete the locked line")
        against = [rule_id for rule_id, other in forbidden if _same(facts, line, other)]
        for other_rule in facts.scenario.rules:
            if isinstance(other_rule, Blackout) and covers(facts, other_rule.where, line, offer):
                against.append(other_rule.id)
            elif isinstance(other_rule, Eligible):
                concerned = covers(facts, other_rule.where, line, offer)
                if concerned and not covers(facts, other_rule.only, line, offer):
                    against.append(other_rule.id)
        for rule_id in dict.fromkeys(against):
            got = f"rule {rule_id}, which excludes {line.offer} for {line.product} on {line.date}"
            expected = f"no rule against a line that rule {rule.id} locks"
            yield facts.problem(path, expected, got, f"delete the line from {rule.id}, or narrow {rule_id}")


def _same(facts: Facts, line: PlanLine, other: PlanLine) -> bool:
    period = facts.scenario.horizon.period_of
    return (
        period(line.date) == period(other.date)
        and (line.product, line.segment, line.offer) == (other.product, other.segment, other.offer)
        and abs(line.coverage - other.coverage) < 1e-9
    )


def _applies(facts: Facts, line: PlanLine, offer: Offer) -> bool:
    where = offer.applies_to
    scope = Scope(products=where.products, categories=where.categories, segments=where.segments, periods=where.periods)
    return covers(facts, scope, line, offer)


def covers(facts: Facts, scope: Scope, line: PlanLine, offer: Offer) -> bool:
    """Whether a line of an offer lies in a scope; a public line is for every segment, so any segment covers it."""
    horizon = facts.scenario.horizon
    category = {product.id: product.category for product in facts.products}.get(line.product)
    day = horizon.date_of(horizon.period_of(line.date))
    last = horizon.date_of(horizon.period_of(line.date) + 1)
    return (
        (scope.segments is None or line.segment == EVERYBODY or line.segment in scope.segments)
        and (scope.products is None or line.product in scope.products)
        and (scope.categories is None or category in scope.categories)
        and (scope.offers is None or line.offer in scope.offers)
        and (scope.mechanics is None or offer.mechanic in scope.mechanics)
        and (scope.channels is None or offer.channel in scope.channels)
        and (scope.layer is None or offer.layer is scope.layer)
        and (scope.periods is None or any(span.first < last and day <= span.last for span in scope.periods))
        and (scope.vendor is None or (offer.funding is not None and offer.funding.vendor == scope.vendor))
    )


CHECKS = (line_words, line_dates, slots_once, contradictions)
"""Every check of lines."""
