"""A rollout beside its plan: how it was drawn, and whom its folder reaches."""
