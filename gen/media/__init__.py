"""Media: films and charts as files."""
