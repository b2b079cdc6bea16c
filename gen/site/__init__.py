"""The site: sources, results and figures assembled into files, and published."""
