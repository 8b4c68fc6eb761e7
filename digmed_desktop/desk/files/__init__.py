"""Write lists, and check the data files that a pharmacy brings."""
