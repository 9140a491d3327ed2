"""What a search starts from: first plans, plans that break limits made good, and prices at a plan."""
