"""Experiments: randomised offers, one row a customer and wave, and the uplift that they show."""
