"""The config: `gen.toml` read, checked and written."""
