"""What a running campaign teaches: recalibration, alarms, effects from holdouts (NumPy and SciPy only)."""
