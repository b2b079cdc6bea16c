"""Content-addressed store of runs and films, with its file and lock helpers."""
