"""What people read of running campaigns: monitor, report, re-planning, the simulated loop."""
