"""Compiled rules at work: what they allow at a plan, which changes go together, what CP-SAT must keep."""
