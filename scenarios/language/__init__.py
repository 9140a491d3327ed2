"""The scenario language: YAML in, one validated question out, every problem at once."""
