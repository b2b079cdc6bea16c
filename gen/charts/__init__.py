"""Charts: data, layout and rendering as SVG and PNG."""
