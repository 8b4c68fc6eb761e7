"""The steps: one module each, never changed after a release."""
