"""Settings: a page of sections, each a module of its own."""
