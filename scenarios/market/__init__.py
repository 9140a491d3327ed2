"""A simulated market of single customers, whose truth is known."""
