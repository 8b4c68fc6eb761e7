"""Build payloads and packages from a clean checkout."""
