"""What stands behind an effect, and why it is what it is."""
