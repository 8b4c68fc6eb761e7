"""Record what was done: from answers to a stored notification."""
