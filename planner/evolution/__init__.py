"""The evolution and every step inside it."""
