"""What a trained model says about one scenario."""
