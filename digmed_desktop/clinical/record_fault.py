"""Define a fault of a record that another system wrote."""

Fault = tuple[str, str]
"""The place in a record file, and a sentence."""
