"""Customers: features, profiles W.X, segments and their names."""
