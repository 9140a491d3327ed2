"""What no plan can exceed, and what the gap is made of."""
