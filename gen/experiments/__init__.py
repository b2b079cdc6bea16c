"""Experiments: configured models and sweeps, and the runs that their training leaves."""
