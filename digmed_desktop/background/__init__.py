"""Threads under the window. Only QtCore here: what comes back arrives as plain data on the window's own thread."""
