"""Training: the loop over the steps."""
