"""Development server: serve a site, watch its sources, rebuild it and reload pages."""
