"""Charts: axes, lines and names, described without a page and drawn as SVG."""
