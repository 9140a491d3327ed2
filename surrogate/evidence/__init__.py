"""What stands behind the effects: terms that the data supports, suspicions, precedents, lift tests."""
