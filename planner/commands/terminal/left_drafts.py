"""Drafts that an ended command leaves: cleared away by whoever ends the process, in whatever thread."""

from __future__ import annotations

import sys


def clear_drafts() -> None:
    """Clear away what an interrupt kept from being cleared away: it may come in the midst of that, too."""
    drafts = sys.modules.get("scenarios.drafts")  # who has not loaded it has made none
    if drafts is not None:
        drafts.clear_unfinished()
