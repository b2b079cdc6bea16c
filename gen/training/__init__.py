"""Training: the loop over the steps, and the optimiser."""
