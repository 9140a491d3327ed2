"""One plan at each value of something in a scenario."""
