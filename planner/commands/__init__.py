"""The commands: options in, one answer out."""
