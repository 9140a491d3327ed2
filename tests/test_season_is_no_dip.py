"""Seasons of single categories are told from what is bought ahead of them."""

from __future__ import annotations

import numpy as np
from term_panels import panel_of

from surrogate.evidence.terms.response_terms import fit_response_terms

STORED = np.array([0.5, 0.1] * 3)


def test_a_season_does_not_hide_what_is_bought_ahead():
    """Of two years in which categories have seasons of their own, durable goods are told from others."""
    rng = np.random.Generator(np.random.Philox(3))
    panel = panel_of(rng, category_dip=STORED, dip_weeks=4, weeks=104, categories=6, waves=0.5)
    found = fit_response_terms(panel)
    own, term = found.own, found.terms["pull_forward"]
    assert own is not None and own.differ and term.low <= STORED.mean() <= term.high
    assert ((own.low <= STORED) & (own.high >= STORED)).all()
    assert own.share[STORED == 0.5].min() > 1.5 * own.share[STORED == 0.1].max()
