"""The check of a plan directory: everything recomputed, every difference named."""
