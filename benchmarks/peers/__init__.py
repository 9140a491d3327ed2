"""Peers of the search, one a file, all on the product's evaluator, rules and limits."""
