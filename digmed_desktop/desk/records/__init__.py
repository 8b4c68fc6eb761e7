"""Show, print, export and settle what was recorded."""
