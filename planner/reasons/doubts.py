"""Doubts: why effects that were only observed may not be causal, in sentences that stand beside figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def _listed(ids: list[str]) -> str:
    return first_few(ids)
