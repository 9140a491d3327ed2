"""What an assignment may come to: its futures, limits at risk, and the optimism of choosing high scorers."""
