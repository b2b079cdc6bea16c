"""Kernels: products and gradients that are compiled or batched, for networks to use."""
