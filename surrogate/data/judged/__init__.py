"""Whether data is fit to learn from, what guards it against leakage, and what a person should look at."""
