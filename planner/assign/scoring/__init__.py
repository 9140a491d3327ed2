"""What each offer would do for a customer: by the scenario's model, or by the file's own columns."""
