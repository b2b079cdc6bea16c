"""Optimisers: one module for each kind, which updates a whole ensemble at once.

A new kind is a new module here: a subclass of `gen.optimisers.optimiser.Optimiser` with its keys.
"""
