"""One offer or none for each customer under limits that all share: prices, an exact bound, exact choices."""
