"""grokreel: train small networks, film the moment they generalise, publish what was filmed."""

__version__ = "0.1.0"
