"""Where the numbers of the shipped scenarios come from."""
