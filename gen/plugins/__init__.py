"""Plugins: kinds of tasks, networks, optimisers and figures from files beside a config."""
