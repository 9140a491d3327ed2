"""Cross references: every name that a scenario uses means something, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from scenarios.language.checks.facts import Facts
from scenarios.language.price_share import PriceShare
from scenarios.language.schema import AppliesTo
from scenarios.language.scope import Scope
from scenarios.language.where import names_product
from scenarios.language.words import ANONYMOUS, BASKET, Layer
from scenarios.look_alikes import look_alike, looks, odd_characters
from scenarios.problems import Path, Problem, meant_by, shown

REST = "rest"
RESERVED = {BASKET: "the whole basket", REST: "the customers that no segment takes"}
"""Words that tables and lines use for something else."""
POINTS_ON_PRODUCTS = (
    "points are a share of what is paid for products: delete spend, and let rule: all_or_nothing keep the products "
    "together (docs/scenario-language.md, What cannot be written)"
)
"""The remedy for points on whole orders."""
_ID_SECTIONS = ("segments", "products", "offers", "gifts", "channels", "vendors", "limits", "rules")


def unique_ids(facts: Facts) -> Iterator[Problem]:
    """Ids are unique within their section."""
    for section in _ID_SECTIONS:
        seen: dict[str, Path] = {}
        rows = facts.data.get(section)
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            word = row.get("id") if isinstance(row, dict) else None
            if not isinstance(word, str):
                continue
            path: Path = (section, index)
            if word in seen:
                got = f"{shown(word)} again (first at {facts.places.at((*seen[word], 'id'))})"
                yield facts.problem((*path, "id"), f"every id in {section} once", got, "rename or delete one")
            seen.setdefault(word, path)


def one_spelling(facts: Facts) -> Iterator[Problem]:
    """Refuse names of categories and rival groups that look the same and are not: they would be two groups."""
    seen: dict[str, tuple[str, str]] = {}
    for path, product in facts.members("products", facts.products):
        for key in ("category", "rivals"):
            word = getattr(product, key)
            if word is None:
                continue
            first, owner = seen.setdefault(looks(word), (word, f"{key} of {product.id}"))
            if first != word:
                got = f"{shown(word)}, which looks like the {owner}, but here stands {odd_characters(word, first)}"
                yield facts.problem((*path, key), "one way to write each name", got, "copy the name from there")


def reserved_ids(facts: Facts) -> Iterator[Problem]:
    """No segment, product or offer bears a word that means something else.

    Where effects are learned, ``rest`` is a segment of the model, which a list of its segments names.
    """
    taught = facts.scenario.effects.table is None
    for section in ("segments", "products", "offers"):
        allowed = {REST} if section == "segments" and taught else set()
        for word in sorted((facts.ids(section) or frozenset()) & RESERVED.keys() - allowed):
            rows = facts.data[section]
            index = next(place for place, row in enumerate(rows) if row["id"] == word)
            expected = f"another id, because {word} stands for {RESERVED[word]}"
            yield facts.problem((section, index, "id"), expected, remedy="rename it")


def something_to_plan(facts: Facts) -> Iterator[Problem]:
    """There is at least one segment, product and offer."""
    for section in ("segments", "products", "offers"):
        if section not in facts.broken | facts.lossy and facts.data.get(section) == []:
            yield facts.problem((section,), f"at least one of {section}", "an empty list", "add one")


def scope_names(facts: Facts) -> Iterator[Problem]:
    """Scopes of limits and rules name what exists."""
    known = {
        "segments": ("segment", facts.ids("segments")),
        "products": ("product", _with_basket(facts.ids("products"))),
        "categories": ("category", facts.categories()),
        "offers": ("offer", facts.ids("offers")),
        "channels": ("channel", facts.ids("channels")),
    }
    for path, scope in facts.scopes():
        yield from _empty_keys(facts, path, scope)
        for key, (kind, names) in known.items():
            yield from _unknown_words(facts, (*path, key), kind, getattr(scope, key) or (), names)


def _empty_keys(facts: Facts, path: Path, scope: Scope | AppliesTo) -> Iterator[Problem]:
    """Refuse an empty list, which reads as everything to some and as nothing to others."""
    for key in type(scope).model_fields:
        if getattr(scope, key) == ():
            yield facts.problem((*path, key), "at least one name in the list", "none", f"add one or delete {key}")


def _with_basket(ids: frozenset[str] | None) -> frozenset[str] | None:
    return None if ids is None else ids | {BASKET}


def _unknown_words(
    facts: Facts, path: Path, kind: str, words: Iterable[str], known: frozenset[str] | None
) -> Iterator[Problem]:
    if known is None:
        return
    for index, word in enumerate(words):
        if word not in known:
            yield facts.unknown((*path, index), kind, word, known)


def rule_scopes(facts: Facts) -> Iterator[Problem]:
    """Check that rules have a scope where they need one, and none where it would be ignored."""
    for path, rule in facts.members("rules", facts.scenario.rules):
        if rule.rule in ("locked", "forbidden") and rule.where != Scope():
            expected = f"no where for {rule.rule}, whose lines say it all"
            yield facts.problem((*path, "where"), expected, "one", "delete where")
        if rule.rule == "blackout" and rule.where == Scope():
            yield facts.problem(path, "a where for a blackout", "none, so that no offer could ever run", "add where")
        if rule.rule == "eligible" and rule.only == Scope():
            yield facts.problem((*path, "only"), "at least one key under only", "none", "add one or delete the rule")


def offer_places(facts: Facts) -> Iterator[Problem]:
    """Offers apply to what exists, and to something."""
    for path, offer in facts.members("offers", facts.scenario.offers):
        where, at = offer.applies_to, (*path, "applies_to")
        found = [
            *_empty_keys(facts, at, where),
            *_unknown_words(facts, (*at, "segments"), "segment", where.segments or (), facts.ids("segments")),
            *_unknown_words(facts, (*at, "products"), "product", where.products or (), facts.ids("products")),
            *_unknown_words(facts, (*at, "categories"), "category", where.categories or (), facts.categories()),
        ]
        yield from found
        if offer.layer is Layer.PUBLIC and where.segments is not None:
            expected = "no segments for a public offer, which everybody sees"
            yield facts.problem((*at, "segments"), expected, remedy="delete segments, or write layer: targeted")
        if offer.layer is not Layer.PUBLIC and where.segments == (ANONYMOUS,):
            expected = "a segment whose customers are known: nobody can be sent an offer where sales have no customer"
            yield facts.problem((*at, "segments"), expected, ANONYMOUS, "name others, or write layer: public")
        if offer.is_basket:
            for key in ("products", "categories"):
                if getattr(where, key) is not None:
                    expected = f"no {key} for a {offer.kind}, which is about whole baskets"
                    yield facts.problem((*at, key), expected, remedy=f"delete {key}")
        elif not found and facts.whole("products") and facts.products and not _meets_a_product(facts, path):
            yield facts.problem(at, "at least one product in both products and categories", "none", "widen one of them")


def _meets_a_product(facts: Facts, path: Path) -> bool:
    offer = dict(facts.members("offers", facts.scenario.offers))[path]
    return any(names_product(offer.applies_to, product) for product in facts.products)


def offer_parts(facts: Facts) -> Iterator[Problem]:
    """Channels and gifts of offers exist."""
    channels, gifts = facts.ids("channels"), facts.ids("gifts")
    given = (gift for _, gift in facts.members("gifts", facts.scenario.gifts))
    points = {gift.id for gift in given if isinstance(gift.unit_cost, PriceShare)}
    for path, offer in facts.members("offers", facts.scenario.offers):
        if offer.channel is not None and channels is not None and offer.channel not in channels:
            yield facts.unknown((*path, "channel"), "channel", offer.channel, channels)
        if offer.gift is not None and gifts is not None and offer.gift not in gifts:
            yield facts.unknown((*path, "gift"), "gift", offer.gift, gifts)
        if offer.is_basket and offer.gift in points:
            expected = "a gift with a unit_cost in money, because spend says that it goes with orders"
            yield facts.problem((*path, "gift"), expected, f"{offer.gift}, points", POINTS_ON_PRODUCTS)


def reached_segments(facts: Facts) -> Iterator[Problem]:
    """Channels tell of existing segments how many of their customers they reach."""
    known = facts.ids("segments")
    if known is None:
        return
    for path, channel in facts.members("channels", facts.scenario.channels):
        for word in channel.reach if isinstance(channel.reach, dict) else ():
            if word not in known:
                yield facts.unknown((*path, "reach", word), "segment", word, known)


def halo_pairs(facts: Facts) -> Iterator[Problem]:
    """Halo pairs join two existing products of different rival groups, each pair once."""
    halo = facts.scenario.response.halo
    if not isinstance(halo, tuple) or "response" in facts.broken:
        return
    known = facts.ids("products")
    group = {product.id: product.rivals or product.category for product in facts.products}
    seen: set[tuple[str, str]] = set()
    for index, pair in enumerate(halo):
        path: Path = ("response", "halo", index)
        for key, word in (("from", pair.from_), ("to", pair.to)):
            if known is not None and word not in known:
                yield facts.unknown((*path, key), "product", word, known)
        if pair.from_ == pair.to:
            yield facts.problem(path, "two different products in a halo pair", pair.from_, "delete the pair")
        elif pair.from_ in group and group[pair.from_] == group.get(pair.to):
            expected = "products of different rival groups in a halo pair"
            got = f"{pair.from_} and {pair.to}, both in {group[pair.to]}"
            yield facts.problem(path, expected, got, "rivals take sales from each other: delete the pair")
        if (pair.from_, pair.to) in seen:
            yield facts.problem(path, "each halo pair once", f"{pair.from_} to {pair.to} again", "delete one")
        seen.add((pair.from_, pair.to))


def own_pull_forward(facts: Facts) -> Iterator[Problem]:
    """Rows of what is bought ahead name existing products and categories, each once."""
    if "response" in facts.broken:
        return
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(facts.scenario.response.pull_forward.own):
        path: Path = ("response", "pull_forward", "own", index)
        kind, word, known = (
            ("category", row.category, facts.categories())
            if row.product is None
            else ("product", row.product, facts.ids("products"))
        )
        if word is None:
            continue
        if known is not None and word not in known:
            yield facts.unknown((*path, kind), kind, word, known)
        if (kind, word) in seen:
            yield facts.problem(path, "one row for each product and category", f"{word} again", "delete one")
        seen.add((kind, word))


def rival_groups(facts: Facts) -> Iterator[Problem]:
    """Report a rival group of one product whose name is nearly that of a group that it may have meant: it is misspelt.

    That is a group that several share, or another product's category. A group that one other product gave itself is
    none to join: both were meant to stand alone, however alike their names.
    """
    if not facts.whole("products"):
        return
    members = Counter(product.rivals or product.category for product in facts.products)
    categories = {product.category for product in facts.products if product.rivals is None}
    joined = {group for group, count in members.items() if count > 1 or group in categories}
    for path, product in facts.members("products", facts.products):
        if product.rivals is None or members[product.rivals] > 1:
            continue
        if look_alike(product.rivals, set(members)) is not None:
            continue  # told by `one_spelling`
        meant = meant_by(product.rivals, joined - {product.rivals})
        if meant is not None:
            yield facts.problem((*path, "rivals"), "a group that another product shares", remedy=meant.remedy)


CHECKS = (
    unique_ids,
    one_spelling,
    reserved_ids,
    something_to_plan,
    scope_names,
    rule_scopes,
    offer_places,
    offer_parts,
    reached_segments,
    halo_pairs,
    own_pull_forward,
    rival_groups,
)
"""Every check of names."""
