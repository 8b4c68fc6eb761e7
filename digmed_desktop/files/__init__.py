"""Name files and replace them whole, the same on every system. Imports no other room."""
