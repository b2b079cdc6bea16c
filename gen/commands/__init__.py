"""The commands of `gen`: one file each, with shared options, names and error output."""
