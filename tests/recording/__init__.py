"""Tests of gen.recording."""
