"""Doubts: why effects that were only observed may not be causal, in sentences that stand beside figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scenarios.first_few import first_few


def doubts(offers: Sequence[str], suspicions: Mapping[str, str]) -> tuple[str, ...]:
    """Return one sentence for each suspicion, with the offers that it is about.

    Parameters
    ----------
    offers
        Ids in the order that they are shown.
    suspicions
        By offer id; offers that nothing is said of are left out.
    """
    by_words: dict[str, list[str]] = {}
    for offer in dict.fromkeys(offers):
        if offer in suspicions:
            by_words.setdefault(suspicions[offer], []).append(offer)
    return tuple(f"Observed, not randomised ({_listed(ids)}): {words}." for words, ids in by_words.items())


def sent_elsewhere(places: Iterable[tuple[str, str]], told: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Say where offers go to others than those whom past ones went to, one sentence a segment and reason.

    Parameters
    ----------
    places
        Offers and segments, by id, in the order that they are shown.
    told
        By offer and segment id how those who were sent one differ from the segment.
    """
    by_words: dict[tuple[str, str], list[str]] = {}
    for offer, segment in dict.fromkeys(places):
        words = told.get(offer, {}).get(segment)
        if words is not None:
            by_words.setdefault((segment, words), []).append(offer)
    return tuple(
        f"{_listed(ids)} for {segment}: {words}. What is expected of others is carried over from these."
        for (segment, words), ids in by_words.items()
    )


def _listed(ids: list[str]) -> str:
    return first_few(ids)
