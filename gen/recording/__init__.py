"""Recordings: metrics and tensors of a training that ran elsewhere, in one documented file."""
