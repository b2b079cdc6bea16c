"""The store: folders of files by content key, and the files and locks below it."""
