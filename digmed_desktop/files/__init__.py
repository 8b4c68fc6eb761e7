"""How files are named and take their place, on every system the same. Knows no other room."""
