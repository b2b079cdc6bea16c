"""Interactive widgets: SVG and JSON data for the page's scripts."""
