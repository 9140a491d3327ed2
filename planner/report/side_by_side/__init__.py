"""Plans side by side: ranked, compared, and what a search made of the one that it started from."""
