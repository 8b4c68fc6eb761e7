"""Decide who signs in, and show what the audit holds."""
