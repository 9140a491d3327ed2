"""What really happened in a campaign that runs, on the scenario's own axes, and who was kept out of it."""
