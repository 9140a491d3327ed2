"""True values and exact gains of plans, in JAX."""
