"""One plan: its money, calendar and targets, its limits, and what it may come to."""
