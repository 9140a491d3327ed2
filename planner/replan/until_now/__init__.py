"""The campaign until now: what ran, was sent, claimed and promised, and what its sales teach."""
