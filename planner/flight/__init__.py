"""A campaign that runs: monitor, evaluation, rollout."""
