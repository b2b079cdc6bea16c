"""The texts of the tool, a catalogue for each language, and how they are read."""
