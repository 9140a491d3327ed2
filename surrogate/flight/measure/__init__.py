"""Effects measured between random groups, how large the groups must be, and what a measured lift teaches."""
