"""Benchmarks, run by `make bench`."""

import os

# Trainers use one thread each; numpy reads this variable when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
