"""Offers for single customers: reading and scoring them, choosing under the scenario's limits, and what is written."""
