"""Whom the messages of a running campaign reach: audiences, who is kept out by lot, and who was written to."""
