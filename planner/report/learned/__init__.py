"""What people read of models: accuracy, reasons, profiles, privacy."""
