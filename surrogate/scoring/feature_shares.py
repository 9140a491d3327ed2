"""What a feature offer means in the data: the shares with a display and with a mailer, told or taken by default."""

from __future__ import annotations

from scenarios.language.schema import Offer
from surrogate.model import FeatureShares, Model

DISPLAYS = 0.3
"""Share of the stores with a display that a feature offer means by default; where the data tells no stores, all."""


def shares_of(model: Model, offer: Offer) -> FeatureShares:
    """Return the shares with a display and with a mailer that an offer means.

    Of an offer that the data file does not name, only what the data holds is taken: displays, mailers, or both. Data
    that holds neither teaches neither; both are taken, as training starts with both.
    """
    if offer.id in model.feature_offers:
        return model.feature_offers[offer.id]
    display, mailer = held(model)
    if not (display or mailer):
        display = mailer = True
    return FeatureShares(display=float(display) * (DISPLAYS if model.by_store else 1.0), mailer=float(mailer))


def held(model: Model) -> tuple[bool, bool]:
    """Return whether the data holds displays, and whether it holds mailers."""
    return bool((model.seen[:, 1] > 0).any()), bool((model.seen[:, 2] > 0).any())


def not_held(model: Model, offer: Offer) -> tuple[str, ...]:
    """Return which of displays and mailers an offer means and the data does not hold."""
    shares = shares_of(model, offer)
    display, mailer = held(model)
    asked = (("display", shares.display, display), ("mailer", shares.mailer, mailer))
    return tuple(name for name, share, known in asked if share > 0 and not known)


def feature_words(model: Model, shares: FeatureShares) -> str:
    """Return shares in words: ``displays in 30% of the stores and mailers in 100%``."""
    named = (("displays", shares.display), ("mailers", shares.mailer))
    parts = [(name, share) for name, share in named if share > 0]
    if not parts:
        return "no displays and no mailers"
    (name, share), *others = parts
    of = "the stores" if model.by_store else "a product's goods"
    first = f"{name} {'in' if model.by_store else 'for'} {share:.0%} of {of}"
    return " and ".join([first, *(f"{other} {'in' if model.by_store else 'for'} {more:.0%}" for other, more in others)])


def features_key(offer: Offer, shares: FeatureShares) -> str:
    """Return the key of the data file that says what an offer means, with the shares as they are taken."""
    return f"features: {{{offer.id}: {{display: {shares.display:.0%}, mailer: {shares.mailer:.0%}}}}}"
