"""Records of a scenario as people write them: one file for each kind of thing."""
