"""The config: read and check `gen.toml`, and write the part of it that makes one figure."""
