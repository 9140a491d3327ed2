"""The monitor: what is read off a running campaign, at any time."""
