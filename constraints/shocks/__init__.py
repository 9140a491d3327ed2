"""A plan under shocks, judged by the ledger on changed tables."""
