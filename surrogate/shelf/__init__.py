"""Purchases and promotions as arrays: what stood on the shelf, for whom, and what was bought."""
