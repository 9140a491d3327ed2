"""What solvers are asked: prices, polish and mixes on the linear model."""
