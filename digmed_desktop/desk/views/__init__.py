"""Define the plain data that the desk answers with."""
