"""YAML and CSV text in, plain values with their line numbers out."""
