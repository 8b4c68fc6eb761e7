"""Keep the lists that forms choose from: medicines, practices, stock and PGDs."""
