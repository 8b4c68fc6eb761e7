"""Try what was built: the Windows packages under wine, the .deb in a clean Debian root."""
