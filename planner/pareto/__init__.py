"""Several objectives at once: a front of plans of which none is better than another in everything."""
