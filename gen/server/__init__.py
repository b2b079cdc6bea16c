"""The development server: shows a site, watches its sources, rebuilds and reloads."""
