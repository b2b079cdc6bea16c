"""Encoders: films as GIF and MP4 files."""
