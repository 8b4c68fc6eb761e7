"""Forms drawn from ``resources/forms``."""
