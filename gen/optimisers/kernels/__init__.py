"""Updates that are compiled for the CPU: one pass over the numbers of each model."""
